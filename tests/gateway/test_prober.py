"""One round of probing on a home of its own: what is read with which key, what the ledger tells, what is kept."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from ringfence import register
from ringfence.gateway import boot, onrecord, sent
from ringfence.gateway import home as homes
from ringfence.gateway.accounts import accounts, probed
from ringfence.gateway.fetching import getter
from ringfence.gateway.home import Home
from ringfence.gateway.prober import ACKNOWLEDGED_EVENT, Prober
from ringfence.gateway.state import Watched
from ringfence.ledger.ledger import Ledger
from ringfence.posture import NoReply
from ringfence.vocabulary.errors import ConfigurationError
from ringfence.vocabulary.posture import FindingKind
from ringfence.vocabulary.record import Phase, Record
from support import admin_apis as scripted
from support import home as written
from support.admin_apis import AdminApi

COVER = {"label": "phi", "service": "openai/covered", "covered": True, "documents": ["test-baa"], "reasons": []}


@pytest.fixture
def api() -> Iterator[AdminApi]:
    with AdminApi(scripted.openai()) as made:
        yield made


def make(folder: Path, settings: str, key: str = "sk-admin") -> Home:
    written.write(folder, 1, settings=settings)
    (folder / "admin.key").write_text(key)
    home = homes.find(folder, folder / "ringfence.toml")
    homes.create(home)
    return home


def account(vendor: str, url: str, more: str = "") -> str:
    return f'\n[[account]]\nvendor = "{vendor}"\nbase_url = "{url}"\ncredential = "file:{{folder}}/admin.key"\n{more}\n'


@pytest.fixture
def home(tmp_path: Path, api: AdminApi) -> Home:
    return make(tmp_path, account("openai", api.url).format(folder=tmp_path))


def decided(**body: Any) -> Record:
    whole = {
        "effect": "ALLOW",
        "form": "as_requested",
        "service": "openai/covered",
        "labels": ["phi"],
        "client": "c",
        "endpoint": "chat_completions",
        "model": "gpt-4o-baa",
        "coverage": [COVER],
    }
    return Record(body.pop("id", "r1"), Phase.DECIDED, whole | body)


def ended(index: int, **body: Any) -> Record:
    return Record(body.pop("id", "r1"), Phase.ENDED, {"decided": index, "outcome": "completed", "status": 200} | body)


def ledger(home: Home) -> Ledger:
    return boot.open_ledger(home, lambda _: None, {})


def test_a_drift_is_kept_with_its_incident(home: Home, api: AdminApi) -> None:
    log = ledger(home)
    log.append_blocking(decided(), 5)
    log.append_blocking(decided(id="r2", effect="DENY", service=""), 5)
    log.append_blocking(decided(id="r3", labels=["general"]), 5)
    log.close()
    prober = Prober(home)
    [good], notices = prober.probe()
    assert good.verified_at is not None
    assert [each["event"] for each in notices] == ["posture_probed"]
    api.answers = scripted.openai(projects=[("proj_a", "none")])
    _, notices = prober.probe()
    assert [each["event"] for each in notices] == ["posture_probed", "posture_drift", "incident"]
    [incident] = prober.store.all_incidents()
    assert [each.index for each in incident.requests] == [], "sent before the good probe"
    assert boot.load_register(home).posture.drifts != ()


def test_an_incident_before_any_good_probe_lists_all(home: Home, api: AdminApi) -> None:
    log = ledger(home)
    index = log.append_blocking(decided(), 5).index
    log.close()
    api.answers = scripted.openai(projects=[("proj_a", "none")])
    prober = Prober(home)
    prober.probe()
    [incident] = prober.store.all_incidents()
    assert (incident.since, [each.index for each in incident.requests]) == (None, [index])
    assert prober.settle(incident.drift) == []
    log = ledger(home)
    second = log.append_blocking(decided(id="late"), 5).index
    log.close()
    [again] = prober.settle(incident.drift)
    assert (again["requests"], again["last_index"]) == (2, second)


def test_notices_go_into_the_ledger_or_wait_for_the_gateway(home: Home, api: AdminApi) -> None:
    api.answers = scripted.openai(projects=[("proj_a", "none")])
    prober = Prober(home)
    _, notices = prober.probe()
    assert onrecord.put(home, prober, notices) is True
    assert [each["body"]["event"] for each in written.records(home.folder)][1:-1] == [
        "posture_probed",
        "posture_drift",
        "incident",
    ]
    [drift] = prober.store.drifts()
    word = {"by": "P.", "at": "2026-12-01T00:00:00Z", "reason": "seen"}
    body = {"event": ACKNOWLEDGED_EVENT, "finding": drift.id, "word": word}
    running = ledger(home)
    try:
        assert onrecord.put(home, prober, [body]) is False
    finally:
        running.close()
    assert prober.store.drifts()[0].acknowledged is None, "nothing counts before it is on record"
    [(path, left)] = onrecord.pending(home)
    assert left == body
    onrecord.apply(prober, left or {})
    assert prober.store.drifts()[0].acknowledged is not None
    path.write_bytes(b"{")
    assert [each for _, each in onrecord.pending(home)] == [None]


def test_an_unknown_finding_changes_nothing(home: Home) -> None:
    prober = Prober(home)
    word = {"by": "P.", "at": "2026-12-01T00:00:00Z", "reason": "seen"}
    onrecord.apply(prober, {"event": ACKNOWLEDGED_EVENT, "finding": "f-none", "word": word})
    with pytest.raises(ConfigurationError, match="no finding"):
        prober.find("f-none")


@pytest.mark.parametrize("word", [None, "P. Officer", {"by": "P. Officer"}, []])
def test_an_acknowledgement_without_a_whole_word_is_none(home: Home, word: Any) -> None:
    """Put on record, it could never be applied, and would be put there again and again."""
    body = {"event": ACKNOWLEDGED_EVENT, "finding": "f-none", **({"word": word} if word is not None else {})}
    home.pending.mkdir(parents=True, exist_ok=True)
    (home.pending / "1.json").write_text(json.dumps(body))
    assert [each for _, each in onrecord.pending(home)] == [None]


def test_every_region_named_anywhere_is_read_with_its_own_signature(tmp_path: Path, api: AdminApi) -> None:
    more, aws = 'scopes = ["us-east-1"]\n', "AKIDEXAMPLE\nsecret\ntoken"
    upstream = '[[upstream]]\nservice = "aws-bedrock/chat-completions"\nbase_url = "https://bedrock-runtime.eu-west-1.amazonaws.com/openai/v1"\n'
    home = make(tmp_path, account("aws-bedrock", api.url + "/{{region}}", more).format(folder=tmp_path) + upstream, aws)
    today = datetime.now(UTC).date()
    text = written.document("zdr_approval", today).replace('subject = "openai"', 'subject = "aws-bedrock"')
    text = text.replace("[scope]", '[scope]\nregions = ["us-west-2", "us"]').replace("openai/covered", "aws-bedrock/*")
    (tmp_path / "register/documents/zdr_approval.toml").write_text(text)
    api.answers = scripted.bedrock({"us-east-1": "none", "us-west-2": "none", "eu-west-1": "inherit"})
    [state], _ = Prober(home).probe()
    kinds = {each.scope: each.kind for each in state.findings if each.setting == "data_retention"}
    assert kinds == {
        "region us-east-1": FindingKind.AGREES,
        "region us-west-2": FindingKind.AGREES,
        "region eu-west-1": FindingKind.DRIFT,
    }
    signed = {path.split("/")[1]: headers["authorization"] for _, path, headers in api.asked}
    for region, proof in signed.items():
        assert f"/{region}/bedrock/aws4_request" in proof
        assert proof.startswith("AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/")
    assert {headers["x-amz-security-token"] for _, _, headers in api.asked} == {"token"}


@pytest.mark.parametrize(
    ("value", "kind"), [("true", FindingKind.AGREES), ("false", FindingKind.DRIFT), ("?", FindingKind.UNREADABLE)]
)
def test_what_a_service_says_in_its_replies_is_read_from_the_ledger(
    tmp_path: Path, value: str, kind: FindingKind
) -> None:
    home = make(tmp_path, '\n[[account]]\nvendor = "xai"\n')
    today = datetime.now(UTC).date()
    text = written.document("zdr_approval", today).replace('subject = "openai"', 'subject = "xai"')
    (tmp_path / "register/documents/zdr_approval.toml").write_text(text.replace("openai/covered", "xai/*"))
    log = ledger(home)
    for number, said in enumerate(("true", "false", value)):
        index = log.append_blocking(decided(id=f"r{number}", service="xai/chat-completions"), 5).index
        log.append_blocking(ended(index, id=f"r{number}", notes={"x-zero-data-retention": said}), 5)
    log.close()
    [state], _ = Prober(home).probe()
    assert [each.kind for each in state.findings] == [kind]


@pytest.mark.parametrize(
    ("replies", "kind"),
    [
        ((("xai/chat-completions", "true"), ("xai/chat-completions", None)), FindingKind.UNREADABLE),
        ((("xai/chat-completions", "true"), ("xai/responses", None)), FindingKind.UNREADABLE),
        ((("xai/chat-completions", "false"), ("xai/responses", "true")), FindingKind.DRIFT),
        ((("xai/responses", "false"), ("xai/chat-completions", None)), FindingKind.DRIFT),
        ((("xai/chat-completions", None), ("xai/chat-completions", "true")), FindingKind.AGREES),
    ],
)
def test_one_service_that_no_longer_says_it_is_enough(
    tmp_path: Path, replies: tuple[tuple[str, str | None], ...], kind: FindingKind
) -> None:
    home = make(tmp_path, '\n[[account]]\nvendor = "xai"\n')
    text = written.document("zdr_approval", datetime.now(UTC).date()).replace('subject = "openai"', 'subject = "xai"')
    (tmp_path / "register/documents/zdr_approval.toml").write_text(text.replace("openai/covered", "xai/*"))
    log = ledger(home)
    for number, (service, said) in enumerate(replies):
        index = log.append_blocking(decided(id=f"r{number}", service=service), 5).index
        notes = {"notes": {"x-zero-data-retention": said}} if said else {}
        log.append_blocking(ended(index, id=f"r{number}", **notes), 5)
    log.close()
    [state], _ = Prober(home).probe()
    assert [each.kind for each in state.findings] == [kind]


def test_a_key_that_is_not_there_is_a_finding(home: Home) -> None:
    (home.folder / "admin.key").unlink()
    [state], _ = Prober(home).probe()
    assert {each.kind for each in state.findings} == {FindingKind.UNREADABLE}


def test_an_older_reading_does_not_replace_a_newer_one(home: Home) -> None:
    now = datetime.now(UTC)
    [newer], _ = Prober(home, lambda: now).probe()
    [kept], notices = Prober(home, lambda: now - timedelta(minutes=1)).probe()
    assert kept == newer
    assert notices == []


def test_an_unknown_vendor_is_refused(tmp_path: Path) -> None:
    home = make(tmp_path, '\n[[account]]\nvendor = "nobody"\n')
    with pytest.raises(ConfigurationError, match="no account of this vendor"):
        probed(home.settings)
    with pytest.raises(ConfigurationError, match="no account of this vendor"):
        accounts(home.settings, register.load(home.register))


def test_the_state_is_read_anew_when_a_probe_expires(tmp_path: Path, api: AdminApi) -> None:
    """No file changes: only the moment comes."""
    home = make(
        tmp_path,
        "\n[posture]\ninterval_s = 0.1\nlifetime_s = 1.5\n" + account("openai", api.url).format(folder=tmp_path),
    )
    Prober(home).probe()
    watched = Watched(lambda: boot.load_state(home, lambda _: True), [home.register, home.posture])
    assert watched.refresh() is False
    digest = watched.state.register.digest
    time.sleep(1.6)
    assert watched.refresh() is True
    assert watched.state.register.digest != digest
    assert watched.refresh() is False


class TestSeen:
    def test_uses_and_reading_on(self, home: Home) -> None:
        log = ledger(home)
        log.append_blocking(decided(), 5)
        log.append_blocking(decided(id="r2", effect="MASK", coverage=[COVER | {"covered": False}]), 5)
        log.append_blocking(decided(id="r3", coverage=[COVER | {"service": "openai/other"}]), 5)
        seen = sent.Seen()
        seen.learn(boot.reader_or_none(home))
        assert [use.documents for use in seen.uses.values()] == [("test-baa",)]
        following = seen.following
        log.append_blocking(decided(id="r4", client="d"), 5)
        log.close()
        seen.learn(boot.reader_or_none(home))
        assert seen.following > following
        assert {use.client for use in seen.uses.values()} == {"c", "d"}

    def test_no_ledger_yet(self, home: Home) -> None:
        seen = sent.Seen()
        seen.learn(boot.reader_or_none(home))
        assert seen.uses == {}
        assert sent.sent(boot.reader_or_none(home), "openai", datetime.now(UTC)) == ([], None)

    @pytest.mark.parametrize(
        ("asked", "answered", "counted", "tokens"),
        [
            ({}, {"usage": {"prompt_tokens": 9, "completion_tokens": 3}}, True, 12),
            ({}, {"usage": {"input_tokens": 9, "output_tokens": 3, "cache_read_input_tokens": 4}}, True, 16),
            ({}, {}, True, None),
            ({}, {"status": 429}, False, None),
            ({}, {"status": 502, "outcome": "upstream_failed"}, None, None),
            ({}, {"outcome": "client_left", "status": 0}, None, None),
            ({"endpoint": "count_tokens"}, {"usage": {"input_tokens": 9}}, False, 9),
        ],
    )
    def test_what_the_vendor_will_have_counted(
        self, home: Home, asked: dict[str, Any], answered: dict[str, Any], counted: bool | None, tokens: int | None
    ) -> None:
        log = ledger(home)
        index = log.append_blocking(decided(**asked), 5).index
        log.append_blocking(ended(index, **answered), 5)
        other = log.append_blocking(decided(id="r2", service="anthropic/messages"), 5).index
        log.append_blocking(ended(other, id="r2"), 5)
        log.close()
        [one], begins = sent.sent(boot.reader_or_none(home), "openai", datetime.now(UTC))
        assert (one.counted, one.tokens) == (counted, tokens)
        assert begins is not None


@pytest.mark.parametrize(
    "url", ["http://example.org/", "http://10.0.0.1/x", "http://127.0.0.1:1/", "https://127.0.0.1:1/x"]
)
def test_nothing_goes_unencrypted_to_another_machine(url: str) -> None:
    with pytest.raises(NoReply):
        getter(1.0)(url, {})


def test_tls_is_verified(api: AdminApi) -> None:
    with pytest.raises(NoReply):
        getter(2.0)(api.url.replace("http://", "https://"), {})
