"""A patient's name in a prompt to a vendor without a BAA: the real SDK, gateway and tagger, and a scripted vendor."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from canary import paper
from support import home
from support.gateway import GatewayProcess
from support.place import assert_recorded
from support.sdk import Sdk
from support.vendor import ScriptedVendor

HARBOR = "openai/harbor"
NOTE = "Write a short letter to patient Mara Lindqvist. She was seen again and her cough is much better."
KEYS = {"phi": ("phi", "personal"), "personal": ("personal",), "general": ("general",), "undeclared": ()}


@dataclass
class Clinic:
    """HARBOR has a Safe Harbor attestation on file and no BAA; the private model is scripted as well."""

    folder: Path
    vendor: ScriptedVendor
    private: ScriptedVendor
    gateway: GatewayProcess
    keys: dict[str, str]
    sdks: dict[str, Sdk] = field(default_factory=dict)

    def ask(self, key: str, text: str, model: str, **more: Any) -> tuple[str, dict[str, Any]]:
        """(what the SDK got, the DECIDED record)."""
        sdk = self.sdks.setdefault(key, Sdk(self.gateway.url, self.keys[key]))
        self.vendor.received.clear()
        reply = sdk.sync.chat.completions.create(model=model, messages=[{"role": "user", "content": text}], **more)
        if more.get("stream"):
            said = "".join(chunk.choices[0].delta.content or "" for chunk in reply if chunk.choices)
        else:
            said = reply.choices[0].message.content
        index = int(sdk.headers["x-ringfence-record"])
        [record] = [each["body"] for each in home.records(self.folder) if each["index"] == index]
        return said, record


@pytest.fixture(scope="module")
def clinic(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Clinic]:
    folder = tmp_path_factory.mktemp("clinic")
    with ScriptedVendor() as vendor, ScriptedVendor() as private:
        paper.write(folder, vendor.port, private.port)
        with (folder / "register/services/openai.toml").open("a") as file:
            file.write(paper.service(HARBOR, "gpt-4o-harbor"))
        with (folder / "ringfence.toml").open("a") as file:
            file.write(paper.upstream(HARBOR, vendor.port))
        attested = paper.method(
            "safe_harbor_attestation", HARBOR, ["phi", "personal"], "attester", method={"no_actual_knowledge": True}
        )
        (folder / "register/documents/harbor.toml").write_text(attested)
        keys = {name: home.key(folder, *handles) for name, handles in KEYS.items()}
        with GatewayProcess(folder) as gateway:
            yield Clinic(folder, vendor, private, gateway, keys)
    assert_recorded(folder)


@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize(
    ("key", "model", "service"),
    [
        ("phi", "gpt-4o-harbor", HARBOR),
        ("personal", "gpt-4o-mini", home.UNCOVERED),
        ("general", "gpt-4o-mini", home.UNCOVERED),
    ],
)
def test_the_vendor_sees_a_surrogate_and_the_client_the_name(
    key: str, model: str, service: str, stream: bool, clinic: Clinic
) -> None:
    said, record = clinic.ask(key, NOTE, model, stream=stream)
    assert said == NOTE  # the scripted vendor says back what it was told
    [received] = clinic.vendor.received
    told = received.json["messages"][0]["content"]
    assert "Mara" not in told and "Lindqvist" not in told
    assert re.fullmatch(r"Write a short letter to patient .+\. She was seen again and her cough is much better\.", told)
    assert (record["effect"], record["service"], record["names_searched"]) == ("MASK", service, True)
    assert record["replaced"].get("PERSON") == 1


def test_a_vendor_without_any_paper_gets_no_patients_note(clinic: Clinic) -> None:
    _, record = clinic.ask("phi", NOTE, "gpt-4o-mini")
    assert clinic.vendor.received == []
    assert (record["effect"], record["service"]) == ("REROUTE", "private/url")
    assert record["names_searched"] is False
    assert record["names_why"] == "no name could have changed the decision, so none was searched for"


def test_nothing_of_a_name_is_in_the_ledger_or_the_log(clinic: Clinic) -> None:
    clinic.ask("personal", NOTE, "gpt-4o-mini")
    kept = json.dumps(home.records(clinic.folder)) + clinic.gateway.log.read_text()
    assert "Mara" not in kept and "Lindqvist" not in kept


@pytest.mark.parametrize(
    "text",
    [
        "What is the difference between a list and a tuple in Python?",
        "Summarize: the parcel left the warehouse and will be there soon.",
        "def add(a, b):\n    return a + b\n\nexplain this function",
        "Translate 'good morning' into French.",
    ],
)
def test_ordinary_questions_go_as_they_are(text: str, clinic: Clinic) -> None:
    _, record = clinic.ask("general", text, "gpt-4o-mini")
    assert (record["effect"], record["names_searched"]) == ("ALLOW", True)


def test_tool_calls_keep_their_ids_and_names(clinic: Clinic) -> None:
    function = {"name": "look_up", "arguments": '{"who": "Mara Lindqvist"}'}
    call = {"id": "call_8f3a21", "type": "function", "function": function}
    messages = [
        {"role": "user", "content": "Please look up the patient Mara Lindqvist."},
        {"role": "assistant", "content": None, "tool_calls": [call]},
        {"role": "tool", "tool_call_id": "call_8f3a21", "content": "Patient Mara Lindqvist was found."},
    ]
    tools = [{"type": "function", "function": {"name": "look_up", "parameters": {"type": "object", "properties": {}}}}]
    sdk = Sdk(clinic.gateway.url, clinic.keys["general"])
    clinic.vendor.received.clear()
    reply = sdk.sync.chat.completions.create(model="gpt-4o-mini", messages=messages, tools=tools)  # type: ignore[arg-type]
    [received] = clinic.vendor.received
    assert "Lindqvist" not in received.body.decode()
    sent = received.json["messages"]
    assert sent[1]["tool_calls"][0]["id"] == sent[2]["tool_call_id"] == "call_8f3a21"
    assert sent[1]["tool_calls"][0]["function"]["name"] == "look_up"
    assert reply.choices[0].message.content == "Patient Mara Lindqvist was found."
