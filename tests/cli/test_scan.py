"""`ringfence scan`: what is found where, without content; exit codes; going on after an interruption."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from cli.conftest import Cli
from ringfence.cli import scan
from ringfence.scanning import walk

SSN = "536-22-8412"
FAST = ("--workers", "1", "--patterns-only")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    path = tmp_path / "files"
    path.mkdir()
    (path / "note.txt").write_text(f"first line\nSSN {SSN}, again {SSN}\n")
    (path / "list.csv").write_text("name,born,MRN\nx,3/4/1951,4471992\ny,5/6/1957,4471993\n")
    (path / "clean.txt").write_text("nothing stands here")
    return path


def test_table_says_where_and_never_what(cli: Cli, folder: Path) -> None:
    done = cli("scan", str(folder), *FAST)
    assert done.code == 1
    rows = [line.split() for line in done.out.splitlines()]
    assert [str(folder / "note.txt"), "from", "line", "2", "US_SSN", "2", "personal"] in rows
    assert [str(folder / "list.csv"), "column", "3", "(MRN)", "MEDICAL_RECORD_NUMBER", "2", "phi"] in rows
    assert ["US_SSN", "2", "1", "personal", "G"] in rows
    assert ["G", "2", "social", "security", "numbers"] in rows
    assert "3 files searched" in done.out
    assert "2 with findings" in done.out
    assert SSN not in done.out + done.err
    assert "clean.txt" not in done.out


def test_show_prints_what_was_found(cli: Cli, folder: Path) -> None:
    done = cli("scan", str(folder), *FAST, "--show")
    assert [str(folder / "note.txt"), "from", "line", "2", "US_SSN", "2", "personal", SSN] in [
        line.split() for line in done.out.splitlines()
    ]


def test_json_and_sarif_say_the_same_without_content(cli: Cli, folder: Path, tmp_path: Path) -> None:
    lines, sarif = tmp_path / "o.jsonl", tmp_path / "o.sarif"
    assert cli("scan", str(folder), *FAST, "--json", str(lines), "--sarif", str(sarif)).code == 1
    rows = [json.loads(line) for line in lines.read_text().splitlines()]
    results = json.loads(sarif.read_text())["runs"][0]["results"]
    found = [(row["entity"], row["fingerprint"]) for row in rows if "entity" in row]
    assert found == [(each["ruleId"], each["partialFingerprints"]["ringfenceValue/v1"]) for each in results]
    assert rows[-1]["summary"]["entities"]["US_SSN"] == 2
    for text in (lines.read_text(), sarif.read_text()):
        assert not any(value in text for value in (SSN, "4471992", "3/4/1951"))
    assert (cli.home / "scan.key").stat().st_mode & 0o077 == 0


def test_fingerprints_stay_the_same_from_scan_to_scan(cli: Cli, folder: Path, tmp_path: Path) -> None:
    prints = []
    for name in ("a", "b"):
        cli("scan", str(folder / "note.txt"), *FAST, "--json", str(tmp_path / name))
        prints.append([json.loads(line).get("fingerprint") for line in (tmp_path / name).read_text().splitlines()])
    assert prints[0] == prints[1]
    assert prints[0][0] == prints[0][1]


def test_json_on_standard_output_is_all_that_is_there(cli: Cli, folder: Path) -> None:
    command = [sys.executable, "-m", "ringfence", "scan", str(folder), *FAST, "--json", "-"]
    done = subprocess.run(command, capture_output=True, env=os.environ | {"RINGFENCE_HOME": str(cli.home)})
    assert done.returncode == 1
    assert all(isinstance(json.loads(line), dict) for line in done.stdout.splitlines())


@pytest.mark.parametrize(
    ("name", "fail_on", "code"),
    [
        ("clean.txt", "any", 0),
        ("note.txt", "any", 1),
        ("note.txt", "personal", 1),
        ("note.txt", "financial", 0),
        ("list.csv", "phi", 1),
        ("list.csv", "card", 0),
        ("list.csv", "never", 0),
    ],
)
def test_exit_code_by_class(cli: Cli, folder: Path, name: str, fail_on: str, code: int) -> None:
    assert cli("scan", str(folder / name), *FAST, "--fail-on", fail_on).code == code


def test_a_date_alone_is_of_no_class(cli: Cli, folder: Path) -> None:
    (folder / "date.txt").write_text("on 3/4/2021 at noon")
    assert cli("scan", str(folder / "date.txt"), *FAST).code == 0
    assert cli("scan", str(folder / "date.txt"), *FAST, "--fail-on", "any").code == 1


def test_unreadable_files_are_named_and_fail(cli: Cli, folder: Path) -> None:
    (folder / "x.bin").write_bytes(bytes(range(256)) * 40)
    (folder / "x.docx").write_bytes(b"PK\x03\x04 and no more")
    done = cli("scan", str(folder), str(folder / "nowhere"), *FAST)
    assert done.code == 2
    assert f"not searched: {folder / 'x.bin'}: " in done.err
    assert f"not searched: {folder / 'x.docx'}: " in done.err
    assert f"not searched: {folder / 'nowhere'}: no such file or directory" in done.err
    assert "US_SSN" in done.out
    assert cli("scan", str(folder), *FAST, "--exclude", "x.*").code == 1


def test_max_size_leaves_out(cli: Cli, folder: Path) -> None:
    (folder / "note.txt").write_text("x" * 2000 + f" SSN {SSN}")
    assert "1 left out" in cli("scan", str(folder), *FAST, "--max-size", "1.5k").out
    assert "0 left out" in cli("scan", str(folder), *FAST, "--max-size", "2MB").out


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ((), "Missing argument"),
        (("FOLDER", "--max-size", "big"), "write it as 500K"),
        (("FOLDER", "--fail-on", "shoe"), "'shoe' is not one of"),
        (("FOLDER", "--workers", "0"), "0 is not in the range"),
        (("FOLDER", "--show", "--state", "s"), "exclude one another"),
    ],
)
def test_wrong_arguments(cli: Cli, folder: Path, arguments: tuple[str, ...], says: str) -> None:
    cli("scan", *(str(folder) if argument == "FOLDER" else argument for argument in arguments)).fails(2, says)


def test_outputs_that_can_not_be_written(cli: Cli, folder: Path) -> None:
    cli("scan", str(folder), *FAST, "--json", str(folder / "no/such/o.jsonl")).fails(3, "no/such/o.jsonl")


def test_damaged_key_is_named(cli: Cli, folder: Path, tmp_path: Path) -> None:
    (cli.home / "scan.key").write_bytes(b"short")
    cli("scan", str(folder), *FAST, "--json", str(tmp_path / "o")).fails(3, "scan.key: it is no key of 32 bytes")


def test_own_rules_count(cli: Cli, folder: Path) -> None:
    (cli.home / "policies").mkdir()
    (cli.home / "policies/detection.toml").write_text(
        "[[find]]\nname = 'a'\nentity = 'UNIQUE_ID'\nterms = ['stands']\n"
        "[[ignore]]\nname = 'b'\nterms = ['536-22-8412']\n"
    )
    out = cli("scan", str(folder), *FAST).out
    assert "UNIQUE_ID" in out
    assert "US_SSN" not in out


def test_several_processes_find_the_same(cli: Cli, folder: Path, tmp_path: Path) -> None:
    for number in range(80):
        (folder / f"{number:03}.txt").write_text(f"{number}\n" * number + f"SSN {SSN}")
    cli("scan", str(folder), *FAST, "--json", str(tmp_path / "one"))
    cli("scan", str(folder), "--workers", "2", "--patterns-only", "--json", str(tmp_path / "two"))
    one, two = (sorted((tmp_path / name).read_text().splitlines()) for name in ("one", "two"))
    assert one == two
    assert len(one) == 80 + 2 + 4 + 1


def test_long_text_is_searched_in_parts_with_lines_from_its_beginning(
    cli: Cli, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(walk, "PART_BYTES", 10_000)
    text = "".join(f"line {number} has SSN {SSN}\n" for number in range(3000))
    (folder / "long.txt").write_text(text)
    cli("scan", str(folder / "long.txt"), *FAST, "--json", str(tmp_path / "o"))
    rows = [json.loads(line) for line in (tmp_path / "o").read_text().splitlines()][:-1]
    assert [row["line"] for row in rows] == list(range(1, 3001))
    assert {text.splitlines()[row["line"] - 1][row["column"] - 1 :] for row in rows} == {SSN}


def test_state_goes_on_and_tells_all(cli: Cli, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    state, out = str(tmp_path / "state"), tmp_path / "o"
    assert cli("scan", str(folder), *FAST, "--state", state, "--json", str(out)).code == 1
    first = out.read_text()
    assert SSN not in Path(state).read_text()
    (folder / "new.txt").write_text(f"SSN {SSN}")
    searched = _count_searches(monkeypatch)
    assert cli("scan", str(folder), *FAST, "--state", state, "--json", str(out)).code == 1
    assert searched == [1]
    assert sorted(first.splitlines()[:-1]) == sorted(
        line for line in out.read_text().splitlines()[:-1] if "new" not in line
    )
    assert json.loads(out.read_text().splitlines()[-1])["summary"]["files"] == 4


def _count_searches(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many documents are searched in each call from now on."""
    from ringfence.scanning.finder import Finder

    searched: list[int] = []
    real = Finder.find

    def find(self: Finder, documents: list[object]) -> object:
        searched.append(len(documents))
        return real(self, documents)  # type: ignore[arg-type]

    monkeypatch.setattr(Finder, "find", find)
    return searched


def test_state_of_other_options_is_refused(cli: Cli, folder: Path, tmp_path: Path) -> None:
    state = tmp_path / "state"
    assert cli("scan", str(folder), *FAST, "--state", str(state)).code == 1
    (cli.home / "policies").mkdir()
    (cli.home / "policies/detection.toml").write_text("# changed")
    cli("scan", str(folder), *FAST, "--state", str(state)).fails(3, "other detectors, rules or options")


def test_interruption_keeps_what_was_found(
    cli: Cli, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = scan.units

    def units(paths: list[str], choice: object) -> object:
        yield from real(paths, choice)  # type: ignore[arg-type]
        os.kill(os.getpid(), signal.SIGINT)
        time.sleep(5)

    monkeypatch.setattr(scan, "units", units)
    monkeypatch.setattr("ringfence.scanning.pool.BATCH_UNITS", 1)
    done = cli("scan", str(folder), *FAST, "--json", str(tmp_path / "o"), "--sarif", str(tmp_path / "s"))
    assert done.code == 130
    assert "US_SSN" in done.out
    assert "Broken off" in done.err
    assert json.loads((tmp_path / "o").read_text().splitlines()[-1])["whole"] is False
    assert json.loads((tmp_path / "s").read_text())["runs"][0]["invocations"][0]["executionSuccessful"] is False


def test_ctrl_c_ends_a_real_scan(cli: Cli, folder: Path, tmp_path: Path) -> None:
    """Ctrl-C reaches the whole process group: the command must end at once, its output whole."""
    for number in range(300):  # dense, so that it takes some time
        (folder / f"{number:03}.txt").write_text(f"{number} words, SSN {SSN}; " * 150)
    command = [sys.executable, "-m", "ringfence", "scan", str(folder), *FAST[2:], "--workers", "2"]
    command += ["--json", str(tmp_path / "o")]
    environ = os.environ | {"RINGFENCE_HOME": str(cli.home)}
    with subprocess.Popen(
        command, env=environ, stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True, text=True
    ) as running:
        deadline = time.monotonic() + 30
        while not ((tmp_path / "o").exists() and (tmp_path / "o").stat().st_size):
            assert time.monotonic() < deadline
            time.sleep(0.05)
        os.killpg(running.pid, signal.SIGINT)
        started = time.monotonic()
        _, err = running.communicate(timeout=30)
    assert running.returncode == 130
    assert time.monotonic() - started < 10
    assert "Traceback" not in err
    assert "Broken off" in err
    assert json.loads((tmp_path / "o").read_text().splitlines()[-1])["whole"] is False


def test_names_are_found_by_the_tagger(cli: Cli, folder: Path) -> None:
    (folder / "name.txt").write_text("Please call Mara Lindqvist back.")
    done = cli("scan", str(folder / "name.txt"), "--workers", "1")
    assert ["PERSON", "1", "1", "personal", "A"] in [line.split() for line in done.out.splitlines()]
    assert "by patterns only" not in done.out
    assert "by patterns only" in cli("scan", str(folder / "name.txt"), *FAST).out


def test_help_is_for_a_newcomer(cli: Cli) -> None:
    out = cli("scan", "--help").out
    assert "Exit codes: 0 nothing found" in " ".join(out.split())
