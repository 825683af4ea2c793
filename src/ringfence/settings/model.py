"""Every setting with type, default and meaning: the one table behind `ringfence init` and the reference page."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

# Unknown keys are refused everywhere, so that a misspelt setting is never a setting silently left out.


class Organisation(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Who you are under the law: it decides which documents are needed."""

    name: Annotated[str, Meta(description="Your organisation's name, as it stands on your documents.")] = "Your company"
    role: Annotated[
        Literal["covered_entity", "business_associate", "neither"],
        Meta(description="Your role under HIPAA, 45 CFR 160.103. A business associate also needs its customers' BAAs."),
    ] = "neither"
    regimes: Annotated[
        tuple[Literal["hipaa", "part2", "glba", "pci", "gdpr", "ccpa"], ...], Meta(description="What applies to you.")
    ] = ()


class Gateway(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The HTTP server that clients point at."""

    host: Annotated[str, Meta(description="Address to listen on. TLS belongs in front of it (see docs).")] = "127.0.0.1"
    port: Annotated[int, Meta(ge=1, le=65535, description="TCP port.")] = 8400
    allowed_hosts: Annotated[
        tuple[str, ...], Meta(description="Names by which clients may call the gateway (Host header, without port).")
    ] = ("127.0.0.1", "localhost", "[::1]")
    max_body_bytes: Annotated[int, Meta(ge=1024, description="Largest request body.")] = 4_194_304
    max_reply_bytes: Annotated[int, Meta(ge=1024, description="Largest plain reply read from a service.")] = 33_554_432
    max_in_flight: Annotated[int, Meta(ge=1, description="Requests at a time; above it clients get 429.")] = 256
    read_timeout_s: Annotated[float, Meta(gt=0, description="For a client to send its whole request.")] = 30.0
    ledger_timeout_s: Annotated[float, Meta(gt=0, description="For a record to become durable, else deny.")] = 5.0
    detect_timeout_s: Annotated[float, Meta(gt=0, description="For finding identifiers, else FAILED.")] = 2.0


class Detection(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The search for names, places and the like in free text, beside that by patterns; and files in requests."""

    names: Annotated[
        bool, Meta(description="Search for names. Without it, declared personal data is not masked for a vendor.")
    ] = True
    deep: Annotated[
        bool,
        Meta(description="Search with the deep tier, too: slower by far, and it needs a package of its own."),
    ] = False
    deadline_s: Annotated[
        float, Meta(gt=0, description="For names to be searched in one request, else it counts as PARTIAL.")
    ] = 2.0
    threads: Annotated[int, Meta(ge=1, le=64, description="Threads that search for names, each on a core.")] = 1
    batch_chars: Annotated[
        int, Meta(ge=256, description="Characters of waiting requests that are searched with one call, at most.")
    ] = 8_192
    always: Annotated[
        bool, Meta(description="Search also where no name could change the decision, so that the record counts them.")
    ] = False
    files_timeout_s: Annotated[
        float, Meta(gt=0, description="For the files in one request to be read, else they count as not read.")
    ] = 10.0


class Private(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The model that you run yourself. Uncovered data goes here."""

    engine: Annotated[
        Literal["embedded", "url", "none"],
        Meta(
            description="embedded: a child process of the gateway. url: a server of yours (vLLM, Ollama, llama-server)."
        ),
    ] = "embedded"
    model_path: Annotated[
        str, Meta(description="GGUF file for the embedded engine, such as Llama 3.1. Empty: the small trial model.")
    ] = ""
    model: Annotated[str, Meta(description="Model name to ask a `url` server for.")] = ""
    endpoints: Annotated[
        tuple[Literal["chat_completions", "responses", "embeddings", "messages", "count_tokens"], ...],
        Meta(
            min_length=1,
            description="For `url`: the interfaces that the server speaks. Clients of Responses and Messages are "
            "translated to chat_completions where it does not speak theirs.",
        ),
    ] = ("chat_completions",)
    url: Annotated[str, Meta(description="Base URL of an OpenAI-compatible server, ending in /v1.")] = ""
    api_key: Annotated[str, Meta(description="Reference to that server's key: env:NAME or file:PATH.")] = ""
    own_host: Annotated[
        bool | None,
        Meta(description="For `url`: true only where you run the machine; a cloud that holds PHI needs its own BAA."),
    ] = None
    host: Annotated[str, Meta(description="For `url`: who runs the machine, as documents name it.")] = "this machine"
    threads: Annotated[
        int, Meta(ge=1, description="Threads of the embedded engine; at most all cores but one are used.")
    ] = 1
    context_tokens: Annotated[int, Meta(ge=256, description="Context of the embedded engine, in tokens.")] = 4096
    isolate: Annotated[bool, Meta(description="Start the embedded engine without a network where possible.")] = True


class Upstream(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """How to reach one service of the register. Clients can't choose an address: only these are used."""

    service: Annotated[str, Meta(description="Id of the service in the register, such as openai/chat-completions.")]
    base_url: Annotated[str, Meta(description="Empty: the vendor's own address.")] = ""
    api_key: Annotated[str, Meta(description="Reference to the key: env:NAME or file:PATH.")] = ""
    connect_timeout_s: Annotated[float, Meta(gt=0, description="To connect.")] = 10.0
    first_byte_timeout_s: Annotated[float, Meta(gt=0, description="From request to reply headers.")] = 300.0
    read_timeout_s: Annotated[float, Meta(gt=0, description="Between two pieces of a reply.")] = 120.0
    reply_timeout_s: Annotated[
        float, Meta(gt=0, description="From request to the end of the reply, however steadily it comes.")
    ] = 3600.0


class Ledger(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The tamper-evident record."""

    folder: Annotated[str, Meta(description="Relative to RINGFENCE_HOME.")] = "ledger"
    highest: Annotated[
        str, Meta(description="Where the highest signed checkpoint is kept: another disk notices a rolled-back ledger.")
    ] = "ledger-highest"
    origin: Annotated[str, Meta(description="Name of this log in its checkpoints.")] = "ringfence.local/ledger"
    store: Annotated[
        Literal["segments", "postgres"],
        Meta(description="segments: files on this machine, one gateway. postgres: many gateways write one log."),
    ] = "segments"
    postgres: Annotated[
        str, Meta(description="For `postgres`: reference to the connection URL, env:NAME or file:PATH.")
    ] = ""
    instance: Annotated[
        str, Meta(description="For `postgres`: this gateway's name among those that write the log.")
    ] = "gateway"
    heartbeat_s: Annotated[
        float,
        Meta(gt=0, le=3600, description="Between two signs of life on record; a longer gap reads as not observed."),
    ] = 60.0
    tiles: Annotated[
        str,
        Meta(description="Where the log is laid out for auditors' tools (tlog-tiles), made from it."),
    ] = "ledger-tiles"


class Anchors(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Outside anchors, as each [[timestamp]], [[witness]] and [[worm]] says. Without one, whoever holds the ledger's
    key can rewrite its past."""

    interval_s: Annotated[float, Meta(gt=0, description="Between two anchors while the gateway runs.")] = 3_600.0
    folder: Annotated[str, Meta(description="Where their answers are kept, relative to RINGFENCE_HOME.")] = (
        "ledger-anchors"
    )
    timeout_s: Annotated[float, Meta(gt=0, description="For one answer.")] = 15.0


class Timestamp(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A time-stamping authority, RFC 3161."""

    url: Annotated[str, Meta(description="Where requests are posted to.")]
    certificates: Annotated[
        str, Meta(description="PEM file of the authority's root certificates that you trust, relative to this file.")
    ]


class Witness(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A witness that cosigns checkpoints (C2SP tlog-witness)."""

    url: Annotated[str, Meta(description="Its submission prefix; `/add-checkpoint` is added.")]
    key: Annotated[str, Meta(description="Its public line: name+key id+key.")]


class Worm(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A bucket with Object Lock where checkpoints are copied to."""

    bucket: Annotated[str, Meta(description="Its name. It must have been made with Object Lock.")]
    region: Annotated[str, Meta(description="Its Region, such as us-east-1.")]
    days: Annotated[int, Meta(ge=1, description="How long a copy can't be deleted by anybody (compliance mode).")]
    prefix: Annotated[str, Meta(description="Put before each object's name.")] = ""
    endpoint: Annotated[str, Meta(description="Empty: Amazon S3. Else the base URL of a service that speaks S3.")] = ""
    credential: Annotated[
        str, Meta(description="Reference to `ID:SECRET`: env:NAME or file:PATH. Empty: the usual AWS variables.")
    ] = ""


class Content(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A sample of requests kept for a reviewer who repeats the classification. Off unless `share` is above 0."""

    share: Annotated[float, Meta(ge=0, le=1, description="Share of requests that are kept, drawn at random.")] = 0.0
    days: Annotated[int, Meta(ge=1, le=366, description="Then a kept request is deleted.")] = 30
    reviewer: Annotated[
        str, Meta(description="Public key file of the reviewer, relative to this file; only that key opens them.")
    ] = ""


class Subjects(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Whose data was in a request, sealed so that two custodians together can answer who was affected by an incident.
    Off unless two custodians are named."""

    custodians: Annotated[
        tuple[str, ...], Meta(description="Public key files of at least two people, relative to this file.")
    ] = ()
    days: Annotated[int, Meta(ge=1, description="Then an entry is deleted (6 years: 45 CFR 164.316(b)(2)(i)).")] = 2_192


class Retention(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """When the gateway forgets of its own accord what old records commit to. The records themselves stay."""

    commitments_days: Annotated[
        int,
        Meta(ge=0, description="Age at which salts are erased; 0: never. At least six years, 45 CFR 164.316(b)(2)(i)."),
    ] = 0


class Masking(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Surrogates for identifiers."""

    lifetime_s: Annotated[int, Meta(ge=60, description="How long the vault keeps an unused surrogate.")] = 2_592_000


class Folders(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Documents that you keep in git, relative to this file."""

    register: Annotated[str, Meta(description="Services and documents on file.")] = "register"
    policies: Annotated[str, Meta(description="Cedar rules.")] = "policies"
    approvers: Annotated[str, Meta(description="People who may approve, one file each.")] = "approvers"
    exceptions: Annotated[str, Meta(description="Exceptions, each signed by two of them.")] = "exceptions"


class Exceptions(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What two people let through for a time; nothing ever stands in for a business associate agreement."""

    max_days: Annotated[int, Meta(ge=1, le=366, description="From start to end; a longer one never counts.")] = 90


class Posture(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Reading vendors' accounts, as each [[account]] says: whether they are set as your documents claim."""

    interval_s: Annotated[float, Meta(gt=0, description="Between two probes while the gateway runs.")] = 3_600.0
    lifetime_s: Annotated[
        float, Meta(gt=0, description="How long a good probe counts. After it, nothing regulated goes to the vendor.")
    ] = 86_400.0
    timeout_s: Annotated[float, Meta(gt=0, description="For one answer of a vendor, all of it.")] = 15.0


class Account(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """An account at a vendor whose settings are read. It needs a key of its own that may only read them."""

    vendor: Annotated[str, Meta(description="Id of the vendor, such as openai.")]
    credential: Annotated[
        str, Meta(description="Reference to the key, read at each probe: env:NAME or file:PATH. Empty: the usual one.")
    ] = ""
    base_url: Annotated[str, Meta(description="Empty: the vendor's own. `{region}` in it is filled in.")] = ""
    scopes: Annotated[
        tuple[str, ...],
        Meta(description="The projects, Regions or resources in use. Empty: all that the vendor lists."),
    ] = ()
    services: Annotated[tuple[str, ...], Meta(description="Globs of the services on it. Empty: the vendor's.")] = ()
    models: Annotated[tuple[str, ...], Meta(description="Models whose own retention is read (Bedrock).")] = ()
    keys: Annotated[tuple[str, ...], Meta(description="Ids of the vendor's keys that this gateway holds.")] = ()


class Settings(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Everything in `ringfence.toml`."""

    organisation: Organisation = Organisation()
    gateway: Gateway = Gateway()
    detection: Detection = Detection()
    private: Private = Private()
    ledger: Ledger = Ledger()
    masking: Masking = Masking()
    folders: Folders = Folders()
    posture: Posture = Posture()
    anchors: Anchors = Anchors()
    content: Content = Content()
    subjects: Subjects = Subjects()
    retention: Retention = Retention()
    exceptions: Exceptions = Exceptions()
    account: tuple[Account, ...] = ()
    timestamp: tuple[Timestamp, ...] = ()
    witness: tuple[Witness, ...] = ()
    worm: tuple[Worm, ...] = ()
    upstream: tuple[Upstream, ...] = ()
