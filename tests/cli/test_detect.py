"""`ringfence detect`: predictions, scores, and rules learnt from what was missed."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest

from cli.conftest import Cli
from ringfence.gateway.state import load_policy, load_rules

ROWS = [
    {"id": "a", "text": "SSN 536-22-8412, folder QX-2210", "spans": [[4, 15, "SSN", 1], [24, 31, "FOLDER", 1]]},
    {"id": "b", "text": "call (415) 555-2671 on 3/4/2021", "spans": [[5, 19, "PHONE", 1]]},
    {"id": "c", "text": "nothing in here", "spans": []},
]


@pytest.fixture(autouse=True)
def _by_patterns(cli: Cli) -> None:
    """What the tagger finds changes with its training."""
    with (cli.home / "ringfence.toml").open("a") as file:
        file.write("[detection]\nnames = false\n")


@pytest.fixture
def gold(tmp_path: Path) -> Path:
    path = tmp_path / "gold.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in ROWS))
    return path


@pytest.mark.parametrize("name", ["out.jsonl", "out.jsonl.gz"])
def test_spans_writes_predictions_in_the_shared_format(cli: Cli, gold: Path, tmp_path: Path, name: str) -> None:
    assert cli("detect", "spans", "--patterns-only", str(gold), str(tmp_path / name)).code == 0
    data = (tmp_path / name).read_bytes()
    rows = [json.loads(line) for line in (gzip.decompress(data) if name.endswith("gz") else data).splitlines()]
    assert [row["id"] for row in rows] == ["a", "b", "c"]
    start, end, entity, score, detector = rows[0]["spans"][0]
    assert (ROWS[0]["text"][start:end], entity, detector.split("/")[0]) == ("536-22-8412", "US_SSN", "us_ssn")
    assert 0 < score <= 1
    assert rows[2]["spans"] == []
    assert b"8412" not in data


def test_spans_leaves_out(cli: Cli, gold: Path, tmp_path: Path) -> None:
    arguments = ("--leave-out", "US_SSN", "--leave-out", "DATE", str(gold), str(tmp_path / "out"))
    assert cli("detect", "spans", "--patterns-only", *arguments).code == 0
    entities = [span[2] for line in (tmp_path / "out").read_text().splitlines() for span in json.loads(line)["spans"]]
    assert entities == ["PHONE_NUMBER"]


def test_bench_scores_and_lists_errors_without_content(cli: Cli, gold: Path) -> None:
    done = cli("detect", "bench", "--patterns-only", str(gold), "--by-label")
    assert done.code == 0
    assert "charR 0.7600  charP 0.7600" in done.out
    assert "missed FOLDER 24-31" in done.out
    assert "QX" not in done.out
    assert "QX-2210" in cli("detect", "bench", "--patterns-only", str(gold), "--show").out
    assert "missed FOLDER" not in cli("detect", "bench", "--patterns-only", str(gold), "--worst", "0").out


def test_bench_json(cli: Cli, gold: Path) -> None:
    report = cli("detect", "bench", "--patterns-only", str(gold), "--json", "--leave-out", "DATE", "--only", "SSN").json
    assert report["metrics"]["charR"] == report["metrics"]["charP"] == 1
    assert report["labels"] == {"SSN": {"spans": 1, "any": 1, "full": 1}}
    assert report["worst"] == report["not_reached"] == []


def test_bench_on_gold_without_spans_has_nothing_to_measure(cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "gold").write_text(json.dumps(ROWS[2]))
    report = cli("detect", "bench", "--patterns-only", "--json", str(tmp_path / "gold")).json
    assert (report["metrics"]["charR"], report["metrics"]["negHit"]) == (None, 0)


def test_bench_of_a_file_of_predictions(cli: Cli, gold: Path, tmp_path: Path) -> None:
    found = [{"id": row["id"], "spans": [span[:2] for span in row["spans"]]} for row in ROWS]
    (tmp_path / "found").write_text("".join(json.dumps(row) + "\n" for row in found))
    report = cli("detect", "bench", str(gold), "--predictions", str(tmp_path / "found"), "--json").json
    assert report["metrics"]["charR"] == report["metrics"]["docClean"] == 1
    (tmp_path / "found").write_text(json.dumps(found[0]))
    cli("detect", "bench", str(gold), "--predictions", str(tmp_path / "found")).fails(3, "document b has no prediction")


def test_names_are_found_where_they_are_not_turned_off(cli: Cli, tmp_path: Path) -> None:
    (cli.home / "ringfence.toml").write_text('[private]\nengine = "none"\n')
    row = {"id": 1, "text": "Please call Mara Lindqvist back.", "spans": [[12, 26, "NAME", 1]]}
    (tmp_path / "gold").write_text(json.dumps(row))
    for options, found in (((), 1), (("--patterns-only",), 0)):
        report = cli("detect", "bench", str(tmp_path / "gold"), "--json", *options).json
        assert report["metrics"]["charR"] == found


@pytest.mark.parametrize(
    ("bar", "code"),
    [
        (("--at-least", "charR=.7"), 0),
        (("--at-least", "charR=.7", "--at-least", "full=.9"), 1),
        (("--at-most", "negHit=0"), 0),
        (("--at-most", "FP/1k=1"), 1),
    ],
)
def test_bars(cli: Cli, gold: Path, bar: tuple[str, ...], code: int) -> None:
    done = cli("detect", "bench", "--patterns-only", str(gold), *bar)
    assert done.code == code
    assert ("NOT REACHED" in done.err) == bool(code)


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (("bench", "GOLD", "--at-least", "recall=.9"), 2, "none of charR"),
        (("bench", "GOLD", "--at-least", "negHit=.9"), 2, "none of charR"),
        (("bench", "GOLD", "--at-most", "FP/1k=few"), 2, "write it as FP/1k=.99"),
        (("bench", "nowhere"), 2, "does not exist"),
        (("bench", "EMPTY"), 3, "there is no document in it"),
        (("bench", "BAD"), 3, "line 1: "),
        (("spans", "GOLD", "GOLD"), 2, "OUT.jsonl is IN.jsonl"),
        (("spans", "GOLD", "OUT", "--leave-out", "SHOE"), 2, "SHOE is no entity"),
        (("spans", "GOLD", "nowhere/out"), 3, "nowhere/out"),
    ],
)
def test_wrong_inputs(cli: Cli, gold: Path, tmp_path: Path, arguments: tuple[str, ...], code: int, says: str) -> None:
    (tmp_path / "empty").write_text("")
    (tmp_path / "bad").write_text('{"id": 1, "text": "536-22-8412"}')
    paths = {"GOLD": gold, "EMPTY": tmp_path / "empty", "BAD": tmp_path / "bad", "OUT": tmp_path / "out"}
    done = cli("detect", *(str(paths.get(argument, argument)) for argument in arguments))
    done.fails(code, says)
    assert "8412" not in done.out + done.err


LEARN = (
    "detect",
    "learn",
    "--entity",
    "MEDICAL_RECORD_NUMBER",
    "--value",
    "QX-2210",
    "--example",
    "blue folder QX-2210",
)


def test_learn_shows_the_rule_then_writes_it(cli: Cli, gold: Path) -> None:
    done = cli(*LEARN, "--against", str(gold), "--note", "the archive's folders", "--yes")
    assert done.code == 0
    assert r"pattern = '[A-Z]{2}-\d{4}'" in done.out
    assert "QX-2210" not in done.out
    texts, matches, found, new = done.out.split("FILE\n")[1].split()[:4]
    assert (texts, matches, found, new) == ("3", "1", "0", "1")
    policies = cli.home / "policies"
    [rule] = load_rules(policies).file.find
    assert (rule.entity, rule.context, rule.note) == ("MEDICAL_RECORD_NUMBER", ("folder",), "the archive's folders")
    assert rule.who
    assert rule.date
    report = cli("detect", "bench", "--patterns-only", str(gold), "--json").json
    assert report["metrics"]["full"] == 1


def test_learn_keeps_what_is_there_and_the_shipped_rules(cli: Cli) -> None:
    before = load_policy(cli.home / "policies")
    assert cli(*LEARN, "--yes").code == 0
    first = load_policy(cli.home / "policies")
    assert first.rules == before.rules
    assert first.digest != before.digest
    path = cli.home / "policies/detection.toml"
    path.write_text("# ours\n" + path.read_text())
    other = (*LEARN[:3], "UNIQUE_ID", "--value", "Blue Heron", "--example", "of Blue Heron", "--yes")
    assert cli(*other).code == 0
    assert path.read_text().startswith("# ours\n")
    assert [rule.name for rule in load_rules(cli.home / "policies").file.find] == [
        "medical-record-number-1",
        "unique-id-1",
    ]
    assert load_policy(cli.home / "policies").digest != first.digest


def test_a_learnt_rule_decides_about_requests(cli: Cli) -> None:
    asked = ("explain", "what of folder ZZ-9999?", "--handles", "general", "--json")
    before = cli(*asked).json
    assert cli(*LEARN, "--yes").code == 0
    after = cli(*asked).json
    assert (before["labels"], after["labels"]) == (["general"], ["general", "phi"])
    assert [span["entity"] for span in after["spans"]] == ["MEDICAL_RECORD_NUMBER"]
    assert before["policy_digest"] != after["policy_digest"]


def test_learn_asks_first(cli: Cli) -> None:
    assert "Nothing was written" in cli(*LEARN, stdin="n\n").out
    assert not (cli.home / "policies").exists()
    assert cli(*LEARN, stdin="y\n").code == 0
    assert (cli.home / "policies/detection.toml").exists()


def test_learn_knows_what_is_found_already(cli: Cli) -> None:
    done = cli(
        "detect", "learn", "--entity", "US_SSN", "--value", "536-22-8412", "--example", "SSN 536-22-8412", "--yes"
    )
    assert (done.code, done.out) == (0, "It is found already; nothing was written.\n")


def test_learn_shows_matches_on_request(cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("folder AB-1111, folder AB-1111 and folder CD-2222; AB-3333 alone " + "x " * 60)
    done = cli(*LEARN, "--against", str(tmp_path / "notes.txt"), "--show", stdin="n\n")
    assert "      2  AB-1111" in done.out
    assert "      1  CD-2222" in done.out


@pytest.mark.parametrize(
    ("change", "code", "says"),
    [
        (("--entity", "SHOE"), 2, "SHOE is no entity"),
        (("--value", "other"), 2, "go in pairs"),
        (("--context", "a", "--no-context"), 2, "exclude one another"),
        (("--name", "Not A Name"), 3, "name"),
        (("--context", "elsewhere"), 3, "would not find the value"),
    ],
)
def test_learn_refuses(cli: Cli, change: tuple[str, ...], code: int, says: str) -> None:
    cli(*LEARN, *change, "--yes").fails(code, says)
    assert not (cli.home / "policies").exists()


def test_broken_rules_are_named(cli: Cli, gold: Path) -> None:
    (cli.home / "policies").mkdir()
    (cli.home / "policies/detection.toml").write_text("[[find]]\nname = 'a'\nentity = 'DATE'\npattern = 'a*'\n")
    for arguments in (("bench", str(gold)), LEARN[1:]):
        cli("detect", *arguments).fails(3, "detection.toml: [[find]] a, key pattern: a repetition has no upper bound")


@pytest.mark.parametrize("name", ["detect", "spans", "bench", "learn"])
def test_help(cli: Cli, name: str) -> None:
    done = cli("detect", *([name] if name != "detect" else []), "--help")
    assert done.code == 0
    assert "Usage: ringfence detect" in done.out
