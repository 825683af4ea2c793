"""`ringfence terms`: the allow-lists, and what a specification has that they lack."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from cli.conftest import Cli
from support.needs import need_package


def spec(title: str = "OpenAI API", **properties: Any) -> dict[str, Any]:
    body = {"content": {"application/json": {"schema": {"type": "object", "properties": properties}}}}
    return {
        "openapi": "3.0.0",
        "info": {"title": title},
        "paths": {"/chat/completions": {"post": {"requestBody": body}}},
    }


def write(path: Path, content: Any) -> str:
    path.write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")
    return str(path)


def test_list(cli: Cli) -> None:
    printed = cli("terms", "list").out
    assert "openai" in printed
    assert "chat_completions" in printed
    listed = cli("terms", "list", "--json").json
    assert {"openai", "anthropic", "google"} <= {each["vendor"] for each in listed["lists"]}
    assert {"openai/files", "anthropic/batches"} <= {each["id"] for each in listed["surfaces"]}
    assert [each["id"] for each in listed["clients"] if not each["suitable"]] == ["cursor"]


def test_show_has_fields_settings_retention_and_open_questions(cli: Cli) -> None:
    printed = " ".join(cli("terms", "show", "openai", "chat_completions").out.split())
    assert "/store = false" in printed
    assert "What is kept under default:" in printed
    assert "abuse-monitoring logs" in printed
    assert "unresolved: It is unresolved whether OpenAI signs a BAA" in printed
    shown = cli("terms", "show", "openai", "chat_completions", "--tier", "zero_data_retention", "--json").json
    assert [each["hours"] for each in shown["retention"] if each["what"] == "abuse-monitoring logs"] == [0]
    assert {rule["verdict"] for rule in shown["rules"]} == {"allow", "allow_clean", "forbid_regulated"}
    printed = cli("terms", "show", "anthropic", "messages").out
    assert "forbid unless zero_data_retention, never phi, part2, limited_data_set" in printed


def test_show_of_what_is_not_there(cli: Cli) -> None:
    cli("terms", "show", "openai", "nothing").fails(3, "no allow-list for nothing at openai", "terms list")


def test_diff_finds_nothing_new(cli: Cli, tmp_path: Path) -> None:
    result = cli(
        "terms", "diff", write(tmp_path / "a.json", spec(model={}, store={})), "--endpoint", "chat_completions"
    )
    assert result.code == 0
    assert "0 unknown to the catalogue" in result.out


def test_diff_names_what_is_new_and_ends_with_1(cli: Cli, tmp_path: Path) -> None:
    new = spec(model={}, brand_new={"properties": {"deep": {}}}, modalities={"items": {"enum": ["text", "smell"]}})
    new["paths"]["/brand_new"] = {"post": {}}
    path = write(tmp_path / "a.json", new)
    result = cli("terms", "diff", path)
    assert result.code == 1
    assert "/brand_new and 1 below" in result.out
    assert "/modalities/*=smell" in result.out
    assert "POST /brand_new" in result.out
    found = cli("terms", "diff", path, "--json").json
    assert found["vendor"] == "openai"
    unknown = [(each["kind"], each["name"]) for each in found["differences"] if each["unknown"]]
    assert unknown == [
        ("unknown_field", "/brand_new"),
        ("unknown_value", "/modalities/*=smell"),
        ("unknown_endpoint", "POST /brand_new"),
    ]


def test_diff_against_another_vendors_list(cli: Cli, tmp_path: Path) -> None:
    path = write(tmp_path / "a.json", spec("Some API", deferred={}, search_parameters={}))
    cli("terms", "diff", path).fails(3, "'Some API', names no vendor", "--vendor")
    assert cli("terms", "diff", path, "--vendor", "xai").code == 0
    assert cli("terms", "diff", path, "--vendor", "openai").code == 1


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("a.json", "[1", "is no JSON"),
        ("a.json", "[]", "this is no OpenAPI specification"),
        ("a.json", {"paths": {}, "swagger": "2.0"}, "only version 3 is read"),
        ("a.json", "[" * 100_000, "is no JSON"),
        ("a.txt", "openapi: 3.1.0", "is no JSON"),
    ],
)
def test_what_is_no_specification(cli: Cli, tmp_path: Path, name: str, content: Any, says: str) -> None:
    result = cli("terms", "diff", write(tmp_path / name, content))
    assert result.code == 3
    assert says in result.err or "nests too deep" in result.err


def test_an_endpoint_that_a_specification_lacks(cli: Cli, tmp_path: Path) -> None:
    path = write(tmp_path / "a.json", spec(model={}))
    cli("terms", "diff", path, "--endpoint", "responses").fails(3, "does not describe responses", "/chat/completions")


class TestYaml:
    def test_it_is_read_as_data_only(self, cli: Cli, tmp_path: Path) -> None:
        need_package("yaml")
        path = write(
            tmp_path / "a.yaml", "openapi: 3.1.0\ninfo: {title: OpenAI API}\npaths: {/brand_new: {post: {}}}\n"
        )
        result = cli("terms", "diff", path)
        assert result.code == 1
        assert "POST /brand_new" in result.out
        for text in ("a: !!python/object/apply:os.getcwd []\n", "a: [\n", "a: *b\n"):
            cli("terms", "diff", write(tmp_path / "b.yaml", text)).fails(3, "is no YAML")

    def test_a_bomb_of_aliases_is_bounded(self, cli: Cli, tmp_path: Path) -> None:
        need_package("yaml")
        lines = ["l0: &l0 {properties: {a: {}, b: {}}}"]
        lines += [f"l{n}: &l{n} {{properties: {{a: *l{n - 1}, b: *l{n - 1}}}}}" for n in range(1, 40)]
        text = (
            "\n".join(lines)
            + "\nopenapi: 3.1.0\ninfo: {title: OpenAI}\npaths:\n  /chat/completions: {post: {requestBody: "
        )
        text += "{content: {application/json: {schema: *l39}}}}}\n"
        cli("terms", "diff", write(tmp_path / "a.yaml", text)).fails(3, "nests more than can be read")

    def test_without_a_reader_it_says_so(self, cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setitem(__import__("sys").modules, "yaml", None)
        path = write(tmp_path / "a.yaml", "openapi: 3.1.0\n")
        cli("terms", "diff", path).fails(3, "no reader for it is installed", "JSON")
