from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import msgspec
import pytest

from ringfence.register import Document, Snapshot, check, demonstration, load, organisation
from ringfence.vocabulary.errors import ConfigurationError

Folder = Callable[[dict[str, str]], Path]
Text = Callable[..., str]

RELAX = (
    '[[relax]]\nneed = "phi-zdr"\nbecause = "decided"\napproved_by = "Q. Boss"\n'
    "approved_on = 2026-11-01\nexpires_on = 2026-12-31\n"
)


class TestDigest:
    def test_the_same_content_gives_the_same_digest_whatever_the_files_are_called(
        self, text: Text, folder: Folder, tmp_path: Path
    ) -> None:
        first = load(folder({"documents/a.toml": text("baa"), "documents/b.toml": text("dpa")})).digest
        (tmp_path / "register").rename(tmp_path / "old")
        again = load(folder({"documents/z.toml": "# a remark\n" + text("baa"), "documents/b.toml": text("dpa")})).digest
        assert first == again
        assert len(first) == 64

    def test_everything_that_decides_is_in_it(self, text: Text, folder: Folder, tmp_path: Path) -> None:
        extra = msgspec.structs.replace(load(None).services["private/embedded"], models=("other",))
        changes: list[dict[str, str]] = [
            {},
            {"documents/a.toml": text("baa")},
            {"documents/a.toml": text("baa", dates={"ends_on": date(2027, 1, 30)})},
            {"documents/a.toml": text("baa", limits={"ai": "silent"})},
            {"requirements.toml": RELAX},
        ]
        digests = [load(None, extra_services=[extra]).digest]
        for number, files in enumerate(changes):
            digests.append(load(folder(files)).digest)
            (tmp_path / "register").rename(tmp_path / f"old{number}")
        assert len(set(digests)) == len(digests)

    def test_it_is_stable_across_loads(self) -> None:
        assert load(None).digest == load(None).digest


class TestFolder:
    def test_a_missing_folder_says_how_to_make_one(self, tmp_path: Path) -> None:
        with pytest.raises(ConfigurationError, match="no such folder") as caught:
            load(tmp_path / "nothing")
        assert "ringfence init" in caught.value.remedy

    def test_an_empty_folder_is_what_is_shipped(self, folder: Folder) -> None:
        assert load(folder({})).digest == load(None).digest

    @pytest.mark.parametrize("name", ["document/one.toml", "one.toml", "documents/deep/one.toml"])
    def test_a_file_in_the_wrong_place_is_refused(self, text: Text, folder: Folder, name: str) -> None:
        with pytest.raises(ConfigurationError, match="in no folder that the register reads"):
            load(folder({name: text("baa")}))

    def test_the_first_error_is_raised_and_the_others_are_counted(self, folder: Folder, today: date) -> None:
        path = folder({f"documents/{n}.toml": "colour = 1\n" for n in range(3)})
        with pytest.raises(ConfigurationError, match=r"0\.toml: colour: .*\(2 more: run `ringfence register check`\)"):
            load(path)
        found = check(path, today)
        assert [problem.severity for problem in found] == ["error"] * 3
        assert [Path(problem.where.partition(":")[0]).name for problem in found] == ["0.toml", "1.toml", "2.toml"]
        assert all(problem.says.startswith("Object contains unknown field") for problem in found)

    def test_a_circle_of_agreements_is_refused(self, text: Text, folder: Folder) -> None:
        ends = {"ends_on": None}
        path = folder(
            {
                "documents/a.toml": text("nda", id="a", dates={**ends, "ends_with": "b"}),
                "documents/b.toml": text("services_agreement", id="b", dates={**ends, "ends_with": "a"}),
            }
        )
        with pytest.raises(ConfigurationError, match=r"dates\.ends_with: goes round in a circle: a -> b"):
            load(path)


class TestProblems:
    def only(self, path: Path) -> str:
        (problem,) = load(path).problems
        assert problem.severity == "warning"
        assert problem.remedy
        assert problem.where.endswith("one.toml")
        return problem.says

    def test_a_claimed_document(self, text: Text, folder: Folder) -> None:
        says = self.only(folder({"documents/one.toml": text("baa", file={"sha256": None}, parties=[])}))
        assert "baa is claimed, not reviewed, and does not count: file.sha256 and parties" in says

    def test_a_subject_that_nobody_has(self, text: Text, folder: Folder) -> None:
        assert "no service has the vendor or host 'opnai'" in self.only(
            folder({"documents/one.toml": text("baa", subject="opnai")})
        )

    def test_a_service_that_is_not_there(self, text: Text, folder: Folder) -> None:
        says = self.only(folder({"documents/one.toml": text("baa", scope={"services": ["openai/*", "openai/chat"]})}))
        assert says == "scope.services: no service is called 'openai/chat'"

    def test_an_agreement_that_ends_with_nothing(self, text: Text, folder: Folder) -> None:
        dates = {"ends_on": None, "ends_with": "msa"}
        says = self.only(folder({"documents/one.toml": text("baa", dates=dates)}))
        assert says == "dates.ends_with: 'msa' is not on file, so baa does not count"

    def test_an_example_among_real_documents(self, text: Text, folder: Folder) -> None:
        says = self.only(folder({"documents/one.toml": text("baa", demonstration=True)}))
        assert "marked `demonstration = true` and counts for no real service" in says


class TestCheckToday:
    def says(self, snapshot_folder: Path, today: date) -> list[str]:
        return [problem.says for problem in check(snapshot_folder, today)]

    def test_all_is_well(self, text: Text, folder: Folder, today: date) -> None:
        path = folder({"documents/one.toml": text("baa"), "requirements.toml": RELAX})
        assert self.says(path, today) == []

    def test_a_document_out_of_its_dates(self, text: Text, folder: Folder, today: date) -> None:
        path = folder({"documents/one.toml": text("baa", dates={"ends_on": date(2026, 11, 30)})})
        assert self.says(path, today) == ["The BAA baa ended on 2026-11-30."]

    def test_a_review_of_tomorrow(self, text: Text, folder: Folder, today: date) -> None:
        path = folder({"documents/one.toml": text("baa", review={"reviewed_on": date(2026, 12, 2)})})
        assert self.says(path, today) == ["The BAA baa was reviewed on 2026-12-02, which is after today."]

    def test_shipped_facts_past_their_date(self, folder: Folder) -> None:
        says = self.says(folder({"requirements.toml": RELAX}), date(2035, 1, 1))
        assert sum("the profile may be relied on until" in each for each in says) == 10
        assert sum("the allow-list may be relied on until" in each for each in says) == len(load(None).terms)
        assert any("in force from 2026-11-01 to 2026-12-31 only" in each for each in says)


class TestDemonstrationFolder:
    def write(self, folder: Path, today: date) -> Path:
        for name, content in demonstration(today).items():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_text(content, encoding="utf-8")
        return folder

    def test_it_is_kept_apart(self, tmp_path: Path, today: date) -> None:
        snapshot = load(None, demonstration_folder=self.write(tmp_path, today))
        assert snapshot.problems == ()
        assert all(document.demonstration for document in snapshot.documents.values())
        assert {s.vendor for s in snapshot.services.values() if s.demonstration} == {"demonstration"}

    @pytest.mark.parametrize("name", ["services/demonstration.toml", "documents/baa.toml"])
    def test_everything_in_it_must_be_marked(self, tmp_path: Path, today: date, name: str) -> None:
        path = self.write(tmp_path, today) / name
        path.write_text(path.read_text().replace("demonstration = true\n", ""))
        with pytest.raises(ConfigurationError, match="not marked `demonstration = true`"):
            load(None, demonstration_folder=tmp_path)

    def test_it_replaces_no_real_terms_or_services(self, tmp_path: Path, today: date) -> None:
        path = self.write(tmp_path, today) / "terms/demonstration.toml"
        good = path.read_text()
        path.write_text(good.replace('vendor = "demonstration"', 'vendor = "openai"'))
        with pytest.raises(ConfigurationError, match="openai/chat_completions is real"):
            load(None, demonstration_folder=tmp_path)
        path.write_text(good)
        services = tmp_path / "services/demonstration.toml"
        services.write_text(
            services.read_text()
            .replace('vendor = "demonstration"', 'vendor = "openai"')
            .replace('id = "demonstration/', 'id = "openai/')
        )
        with pytest.raises(ConfigurationError, match="openai is a real vendor"):
            load(None, demonstration_folder=tmp_path)

    def test_it_relaxes_nothing(self, tmp_path: Path, today: date) -> None:
        (self.write(tmp_path, today) / "requirements.toml").write_text(RELAX)
        with pytest.raises(ConfigurationError, match="in no folder that the register reads"):
            load(None, demonstration_folder=tmp_path)


def test_a_snapshot_gives_the_documents_by_id(text: Text, folder: Folder) -> None:
    snapshot: Snapshot = load(folder({"documents/one.toml": text("baa")}))
    assert isinstance(snapshot.documents["baa"], Document)


@pytest.mark.parametrize(("role", "regimes"), [("boss", []), ("neither", ["gpdr"])])
def test_an_unknown_role_or_regime_is_refused(role: str, regimes: list[str]) -> None:
    with pytest.raises(ConfigurationError, match=r"\[organisation\]") as caught:
        organisation(role, regimes)
    assert "gdpr" in caught.value.remedy
