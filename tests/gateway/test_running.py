"""What changes while the gateway runs: documents, rules, keys. Each is noticed within two seconds, and on record."""

from __future__ import annotations

import contextlib
import json
import signal
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator
from typing import Any

import openai
import pytest

from ringfence.gateway.keys import KeyStore
from ringfence.gateway.state import shipped_rules
from support import home, vendor
from support.place import Place, place
from support.sdk import Sdk

NOTICED_S = 5.0  # 2 s, and a margin for a busy machine
HELLO: dict[str, Any] = {"messages": [{"role": "user", "content": "Hello."}]}
URL = 'url = "http://127.0.0.1:{}/v1"\nmodel = "llama"\nown_host = true\n'


@pytest.fixture(scope="module")
def live(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    """A private model by URL, which the scripted vendor plays too."""
    with (
        vendor.ScriptedVendor() as private,
        place(tmp_path_factory.mktemp("live"), engine="url", settings=URL.format(private.port)) as made,
    ):
        (made.folder / "policies").mkdir()
        for name, text in shipped_rules().items():
            (made.folder / "policies" / name).write_text(f"{text}\n// Ours.\n")
        _wait(lambda: _notices(made)[-1:] == ["register_or_policy_read"])
        yield made


def _wait(condition: Callable[[], Any]) -> None:
    deadline = time.monotonic() + NOTICED_S
    while not condition():
        assert time.monotonic() < deadline, "not noticed"
        time.sleep(0.05)


def _notices(live: Place) -> list[str]:
    return [each["body"]["event"] for each in live.records() if each["phase"] == "notice"]


def _ready(live: Place) -> dict[str, Any]:
    with urllib.request.urlopen(f"{live.gateway.url}/ready", timeout=5) as reply:
        state: dict[str, Any] = json.load(reply)
    return state


def _effect(live: Place, key: str, model: str) -> str:
    sdk = live.sdk(key)
    with contextlib.suppress(openai.PermissionDeniedError):
        sdk.sync.chat.completions.create(model=model, **HELLO)
    return sdk.headers["x-ringfence-effect"]


def test_document_withdrawn_and_put_back(live: Place) -> None:
    assert _effect(live, "phi", "gpt-4o-baa") == "ALLOW"
    before = _ready(live)["register_digest"]
    baa = live.folder / "register/documents/baa.toml"
    text = baa.read_text()
    baa.unlink()
    _wait(lambda: _ready(live)["register_digest"] != before)
    assert _effect(live, "phi", "gpt-4o-baa") == "REROUTE"
    _wait(lambda: _last_notice(live)["event"] == "register_or_policy_read")
    assert _last_notice(live)["register_digest"] != before
    baa.write_text(text)
    _wait(lambda: _ready(live)["register_digest"] == before)
    assert _effect(live, "phi", "gpt-4o-baa") == "ALLOW"


def test_rule_added_decides_and_is_on_record(live: Place) -> None:
    before = _ready(live)["policy_digest"]
    rule = live.folder / "policies/house.cedar"
    rule.write_text(
        '@id("no-vendors")\n@says("Not today.")\n@remedy("Wait.")\n'
        'forbid (principal, action == Action::"send", resource) when { !context.private };\n'
    )
    _wait(lambda: _ready(live)["policy_digest"] != before)
    assert _effect(live, "general", "gpt-4o-mini") == "REROUTE"
    index = live.sdk().headers["x-ringfence-record"]
    decided = live.record(index)
    assert "no-vendors" in decided["candidates"][0]["rules"]
    _wait(lambda: _last_notice(live)["policy_digest"] == decided["policy_digest"])
    rule.unlink()
    _wait(lambda: _ready(live)["policy_digest"] == before)
    assert _effect(live, "general", "gpt-4o-mini") == "ALLOW"


def _last_notice(live: Place) -> dict[str, Any]:
    notices = [each["body"] for each in live.records() if each["phase"] == "notice"]
    return notices[-1]


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("register/documents/new.toml", 'kind = "ba'),
        ("register/services/new.toml", "x = 1"),
        ("policies/new.cedar", "permit ("),
    ],
)
def test_broken_edit_closes_vendors_and_leaves_the_private_model(name: str, text: str, live: Place) -> None:
    assert _effect(live, "general", "gpt-4o-mini") == "ALLOW"
    before = len(live.vendor.received)
    path = live.folder / name
    path.write_text(text)
    _wait(lambda: _ready(live)["register"] == "broken")
    assert _ready(live)["ready"] is True
    assert _effect(live, "general", "gpt-4o-mini") == "REROUTE"
    assert _effect(live, "deny", "gpt-4o-mini") == "DENY"
    assert len(live.vendor.received) == before
    _wait(lambda: _notices(live)[-1] == "register_broken")
    assert path.name in live.gateway.log.read_text()
    path.unlink()
    _wait(lambda: _ready(live)["register"] == "ok")
    assert _effect(live, "general", "gpt-4o-mini") == "ALLOW"


def test_host_of_a_service_may_not_change_under_its_address(live: Place) -> None:
    services = live.folder / "register/services/openai.toml"
    text = services.read_text()
    services.write_text(text.replace('host = "127.0.0.1"', 'host = "llm.example.org"', 1))
    _wait(lambda: _ready(live)["register"] == "broken")
    assert "another host" in live.gateway.log.read_text()
    services.write_text(text)
    _wait(lambda: _ready(live)["register"] == "ok")


def _works(sdk: Sdk) -> bool:
    try:
        sdk.sync.models.list()
    except openai.AuthenticationError:
        return False
    return True


def test_key_made_and_disabled_while_running(live: Place) -> None:
    text = home.key(live.folder, "general")
    sdk = Sdk(live.gateway.url, text)
    _wait(lambda: _works(sdk))
    _wait(lambda: _notices(live)[-1] == "keys_changed")
    KeyStore(live.folder).disable(text.split("_")[1])
    _wait(lambda: not _works(sdk))
    assert _works(live.sdk())


def test_keys_that_can_not_be_read_stay_as_they_were_and_are_shown(live: Place) -> None:
    path = live.folder / "keys.json"
    data = path.read_bytes()
    path.write_bytes(data[:-20])
    _wait(lambda: _ready(live)["keys"] == "broken")
    assert _works(live.sdk())
    assert "the keys can't be read" in live.gateway.log.read_text()
    path.write_bytes(data)
    _wait(lambda: _ready(live)["keys"] == "ok")


def test_stop_lets_a_stream_finish(tmp_path: Any) -> None:
    """SIGTERM mid-stream: the client still gets all of it, and the ledger says so."""
    with place(tmp_path / "home") as own:
        own.vendor.answer = vendor.stream(
            [*[vendor.event({"content": "more "})] * 10, vendor.event({}, "stop"), vendor.DONE], pause_s=0.1
        )
        stream = own.sdk().sync.chat.completions.create(model="gpt-4o-mini", **HELLO, stream=True)
        said = [next(iter(stream)).choices[0].delta.content]
        threading.Thread(target=lambda: own.gateway.process.send_signal(signal.SIGTERM)).start()
        said += [chunk.choices[0].delta.content or "" for chunk in stream]
        assert "".join(part or "" for part in said) == "more " * 10
        assert own.gateway.process.wait(20) == 0
        assert own.ended(own.sdk().headers["x-ringfence-record"])["outcome"] == "completed"
        assert _notices(own)[-1] == "stop"
