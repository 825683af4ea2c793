"""`ringfence explain`: a dry run, in words and as JSON."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any

import pytest

from cli.conftest import Cli
from support import home

MAIL = "mara.lindqvist@northwind-mail.com"
PRIVATE = '[private]\nengine = "url"\nurl = "http://127.0.0.1:1/v1"\nmodel = "llama"\nown_host = true\n'


@pytest.fixture
def office(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> Cli:
    """A home with documents for one service of OpenAI, and a private model by URL."""
    home.write(cli.home, 1)
    path = cli.home / "ringfence.toml"
    path.write_text(path.read_text().replace('[private]\nengine = "none"\n', PRIVATE))
    monkeypatch.setenv("SCRIPTED_VENDOR_KEY", "sk-scripted")
    return cli


@pytest.mark.parametrize(
    ("arguments", "effect", "service"),
    [
        (("Hello.", "--handles", "general"), "ALLOW", "openai/chat-completions"),
        ((f"Mail {MAIL}.", "--handles", "general"), "MASK", "openai/chat-completions"),
        (("Hello.",), "REROUTE", "private/url"),
        (("Hello.", "--on-uncovered", "deny"), "DENY", ""),
        (("Hello.", "--handles", "general", "--source", "ehr"), "REROUTE", "private/url"),
        (("Hello.", "--handles", "general", "--label", "phi"), "REROUTE", "private/url"),
        (("Hello.", "--handles", "phi", "--model", "gpt-4o-baa"), "ALLOW", "openai/covered"),
        ((f"Mail {MAIL}.", "--handles", "phi", "--model", "gpt-4o-baa"), "MASK", "openai/covered"),
        (
            (f"Mail {MAIL}.", "--handles", "phi", "--model", "gpt-4o-baa", "--needs-identity"),
            "ALLOW",
            "openai/covered",
        ),
        (("Hello.", "--model", "llama"), "ALLOW", "private/url"),
    ],
)
def test_effect_is_the_gateways(arguments: tuple[str, ...], effect: str, service: str, office: Cli) -> None:
    report = office("explain", *arguments, "--json").json
    assert (report["effect"], report["service"]) == (effect, service)
    said = office("explain", *arguments)
    assert said.code == 0
    assert said.out.startswith(f"effect   {effect}" + (f" -> {service}" if service else "") + "\n")


def test_report_for_programs(office: Cli) -> None:
    text = f"Mail {MAIL} today."
    report = office("explain", text, "--handles", "general", "--json").json
    assert report["labels"] == ["general", "personal"]
    assert report["declared"] == ["general"]
    [span] = report["spans"]
    assert text[span["start"] : span["end"]] == MAIL
    assert (span["pointer"], span["entity"], span["place"]) == ("/messages/0/content", "EMAIL_ADDRESS", "value")
    plain, masked, private = report["candidates"]
    assert (plain["service"], plain["form"], plain["allowed"]) == ("openai/chat-completions", "as_requested", False)
    assert plain["rules"][0]["rule"] == "label-not-covered"
    assert plain["uncovered"] == ["personal"]
    assert (masked["form"], masked["allowed"]) == ("masked", True)
    assert private["service"] == "private/url"
    assert report["replaced"] == {"EMAIL_ADDRESS": 1}
    assert [rewrite["pointer"] for rewrite in report["rewrites"]] == ["/store"]
    personal = next(each for each in report["coverage"] if each["label"] == "personal")
    assert personal["covered"] is False
    assert personal["reasons"]
    assert (report["model"], report["completeness"]) == ("gpt-4o-mini", "complete")
    assert (report["names_searched"], report["names_why"]) == (True, "")
    assert len(report["policy_digest"]) == len(report["register_digest"]) == 64


def test_report_for_people(office: Cli) -> None:
    said = office("explain", f"Mail {MAIL}.", "--handles", "general").out
    assert "names in free text were searched\n" in said
    assert "EMAIL_ADDRESS" in said
    assert "label-not-covered: " in said
    assert "rewritten /store: " in said
    assert MAIL not in said


def test_request_of_ones_own_and_files(office: Cli, tmp_path: Path) -> None:
    request: dict[str, Any] = {
        "model": "gpt-4o-baa",
        "messages": [
            {"role": "user", "content": [{"type": "image_url", "image_url": {"url": "data:image/png;base64,AA"}}]}
        ],
        "user": "u-1",
    }
    (tmp_path / "request.json").write_text(json.dumps(request))
    (tmp_path / "prompt.txt").write_text(f"Mail {MAIL}.")
    for prompt, stdin in ((str(tmp_path / "request.json"), ""), (json.dumps(request), ""), ("-", json.dumps(request))):
        report = office("explain", prompt, "--handles", "general", "--json", stdin=stdin).json
        assert (report["model"], report["completeness"]) == ("gpt-4o-baa", "partial")
        assert "image at /messages/0/content/0" in " ".join(report["reasons"])
        assert report["candidates"][0]["forbidden_fields"] == ["/user"]
    for prompt, stdin in ((str(tmp_path / "prompt.txt"), ""), ("-", f"Mail {MAIL}.")):
        assert office("explain", prompt, "--handles", "general", "--json", stdin=stdin).json["effect"] == "MASK"


def test_as_a_key_of_ones_own(office: Cli) -> None:
    made = office("keys", "create", "--client", "a", "--purpose", "b", "--handles", "general", "--json").json
    assert office("explain", "Hello.", "--key", made["id"], "--json").json["effect"] == "ALLOW"
    sourced = ("keys", "create", "--client", "a", "--purpose", "b", "--handles", "general", "--source", "ehr", "--json")
    assert office("explain", "Hello.", "--key", office(*sourced).json["id"], "--json").json["effect"] == "REROUTE"


@pytest.mark.parametrize(
    "text", ["word " * 200, "/" * 5_000, "no\0thing", "{", "[" * 100_000, "", "null", "\u2028 é 👋"]
)
def test_any_text_is_a_prompt(text: str, office: Cli) -> None:
    assert office("explain", text, "--handles", "general", "--json").json["effect"] == "ALLOW"


def test_model_that_is_not_set_up_is_not_promised(office: Cli) -> None:
    """Without a private model the gateway would deny, and so the dry run says."""
    path = office.home / "ringfence.toml"
    path.write_text(path.read_text().replace(PRIVATE, '[private]\nengine = "none"\n'))
    assert office("explain", "Hello.", "--json").json["effect"] == "DENY"


def test_nothing_is_written_and_nothing_recorded(office: Cli) -> None:
    before = sorted(path.name for path in office.home.rglob("*"))
    office("explain", f"Mail {MAIL}.", "--handles", "general")
    assert sorted(path.name for path in office.home.rglob("*")) == before


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (("Hello.", "--model", "gtp-4"), 3, "no service on the register"),
        (("Hello.", "--key", "nobody"), 3, "no key nobody"),
        (("Hello.", "--key", "nobody", "--handles", "phi"), 2, "exclude one another"),
        (("Hello.", "--handles", "everything"), 2, "everything"),
        (('{"messages":[]}',), 3, "/model must be"),
        (('{"messages":[],"messages":[]}',), 3, "twice"),
        (('{"model":"m","messages":[{"role":"user","content":NaN}]}',), 3, ""),
        (('{"model":"gpt-4o","messages":[]}', "--model", "gpt-4"), 2, "names its own model"),
        (("half \udcff",), 2, "not text in UTF-8"),
    ],
)
def test_what_can_not_be_explained(arguments: tuple[str, ...], code: int, says: str, office: Cli) -> None:
    result = office("explain", *arguments)
    result.fails(code)
    assert says.lower() in result.err.lower()


def test_input_that_is_no_text(office: Cli, tmp_path: Path) -> None:
    (tmp_path / "photo.jpg").write_bytes(b"\xff\xd8\xff")
    office("explain", str(tmp_path / "photo.jpg")).fails(2, "not text in UTF-8")
    office("explain", "-", stdin=b"\xff\xd8\xff").fails(2, "not text in UTF-8")


def test_missing_model_file_is_two_lines(cli: Cli) -> None:
    (cli.home / "ringfence.toml").write_text('[private]\nmodel_path = "/no/such/model.gguf"\n')
    cli("explain", "Hello.").fails(3, "/no/such/model.gguf", "model_path")


def test_a_name_is_shown_with_the_tagger_that_found_it(office: Cli) -> None:
    text = "Patient Mara Lindqvist was seen again and feels better."
    report = office("explain", text, "--handles", "personal", "--json").json
    assert (report["effect"], report["service"]) == ("MASK", "openai/chat-completions")
    [span] = report["spans"]
    assert (text[span["start"] : span["end"]], span["entity"]) == ("Mara Lindqvist", "PERSON")
    assert span["detector"].startswith("tagger/")


def test_where_names_are_not_searched_it_says_so(office: Cli) -> None:
    path = office.home / "ringfence.toml"
    path.write_text(path.read_text() + "\n[detection]\nnames = false\n")
    said = office("explain", "Patient Mara Lindqvist was seen.", "--handles", "general").out
    assert "names in free text were not searched: the search for names is turned off" in said
    assert said.startswith("effect   ALLOW")


def test_a_file_in_a_request_is_read(office: Cli, tmp_path: Path) -> None:
    file = {"filename": "people.csv", "file_data": base64.b64encode(b"name,ssn\nMara,536-22-8412\n").decode()}
    content = [{"type": "text", "text": "Sum it up."}, {"type": "file", "file": file}]
    body = {"model": "gpt-4o-mini", "messages": [{"role": "user", "content": content}]}
    (tmp_path / "body.json").write_text(json.dumps(body))
    report = office("explain", str(tmp_path / "body.json"), "--handles", "general", "--json").json
    assert (report["effect"], report["completeness"]) == ("DENY", "complete")
    assert [(span["entity"], span["place"]) for span in report["spans"] if span["entity"] == "US_SSN"] == [
        ("US_SSN", "file")
    ]


@pytest.mark.parametrize(
    ("endpoint", "service"),
    [
        ("messages", "private/url"),
        ("responses", "private/url"),
        ("embeddings", ""),
        ("count_tokens", ""),
        ("chat_completions", "private/url"),
    ],
)
def test_every_interface_is_explained(endpoint: str, service: str, office: Cli) -> None:
    report = office("explain", "Hello.", "--endpoint", endpoint, "--json").json
    assert (report["endpoint"], report["service"]) == (endpoint, service)
    assert any(endpoint in gap for gap in report["gaps"]) == (service == "")
    translated = [rewrite for rewrite in report["rewrites"] if rewrite["pointer"] == ""]
    assert bool(translated) == (endpoint in ("messages", "responses"))


def test_headers_of_the_interface_are_explained(office: Cli) -> None:
    given = ("explain", "Hello.", "--endpoint", "messages", "--handles", "phi")
    plain = office(*given, "--json").json["candidates"][0]
    beta = office(*given, "--header", "anthropic-beta: files-api-2025-04-14", "--json").json["candidates"][0]
    assert plain["unknown_fields"] + plain["forbidden_fields"] != beta["unknown_fields"] + beta["forbidden_fields"]
    assert "Usage" in office(*given, "--header", "x-other: a").err
