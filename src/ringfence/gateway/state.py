"""The register and the policies in force, read again when their files change."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from importlib import resources
from pathlib import Path

from ringfence.classify.rules import NO_RULES, Rules
from ringfence.classify.rules import load as read_rules
from ringfence.gateway.exceptions.lifting import Exceptions
from ringfence.gateway.paper import Paper
from ringfence.masking import MaskRules
from ringfence.masking import read_rules as read_masking
from ringfence.policy import Memory, Policy
from ringfence.register import Organisation, Snapshot
from ringfence.vocabulary.chat import Service
from ringfence.vocabulary.errors import ConfigurationError

DETECTION = "detection.toml"
"""The organisation's own rules for detection, beside its Cedar rules."""
MASKING = "masking.toml"
"""How each kind of identifier is replaced, beside them too."""
_REMEMBERED = 10_000  # verdicts; about 1 KB each


@dataclass(frozen=True)
class State:
    """`broken` says why the files as they are now can't be used; then only private services count as configured, so
    that a half-saved register never lets through what the whole one would stop."""

    register: Snapshot
    policy: Policy
    organisation: Organisation
    reachable: Callable[[str], bool]
    broken: str = ""
    rules: Rules = NO_RULES
    masking: MaskRules = MaskRules()  # noqa: RUF009 - frozen
    exceptions: Exceptions = Exceptions()  # noqa: RUF009 - frozen
    memory: Memory = field(default_factory=lambda: Memory(_REMEMBERED))
    _papers: dict[date, Paper] = field(default_factory=dict)

    def paper(self, today: date) -> Paper:
        """What is on paper today."""
        if today not in self._papers:
            self._papers.clear()  # a new day
            self._papers[today] = Paper(self.register, self.organisation, today)
        return self._papers[today]

    @property
    def private(self) -> tuple[Service, ...]:
        """The private services that can be reached; where none can, the first, so that a denial says why."""
        private = [service for service in self.register.services.values() if service.private]
        return tuple(filter(self.configured, private)) or tuple(private[:1])

    def configured(self, service: Service) -> bool:
        """Whether a request could really be sent there."""
        return self.reachable(service.id) and (service.private or not self.broken)


def schema_text() -> str:
    """The Cedar schema of this version: what facts a rule may look at."""
    return resources.files("ringfence.policy").joinpath("rules/ringfence.cedarschema").read_text(encoding="utf-8")


def shipped_rules() -> dict[str, str]:
    """The rules that `ringfence init` copies into a policies folder."""
    text = resources.files("ringfence.policy").joinpath("rules/ringfence.cedar").read_text(encoding="utf-8")
    return {"ringfence.cedar": text}


def shipped_masking() -> dict[str, str]:
    """The masking rules that `ringfence init` copies there: every line a comment."""
    return {MASKING: _masking_data(MASKING)}


def _masking_data(name: str) -> str:
    return resources.files("ringfence.masking").joinpath(f"data/{name}").read_text(encoding="utf-8")


def load_policy(folder: Path) -> Policy:
    """The rules in `folder`; the shipped ones where there is no such folder. Raises ConfigurationError."""
    if not folder.is_dir():
        return Policy.load(shipped_rules(), schema_text())
    try:
        texts = {path.name: path.read_text(encoding="utf-8") for path in sorted(folder.glob("*.cedar"))}
        beside = {path.name: path.read_text(encoding="utf-8") for path in folder.glob(DETECTION)}
        masking = {path.name: path.read_text(encoding="utf-8") for path in folder.glob(MASKING)}
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigurationError(f"{folder}: a rule file can't be read", remedy="Check its permissions.") from error
    return Policy.load(texts, schema_text(), beside | {name: text for name, text in masking.items() if _speaks(text)})


def _speaks(text: str) -> bool:
    """Whether a TOML file has a line that is no comment: what `init` writes changes nothing, and no digest."""
    return any(line.strip() and not line.lstrip().startswith("#") for line in text.splitlines())


def load_rules(folder: Path) -> Rules:
    """The organisation's rules for detection in its policies folder, if it has any. Raises ConfigurationError."""
    path = folder / DETECTION
    try:
        return read_rules(path.read_text(encoding="utf-8"), str(path))
    except FileNotFoundError:
        return NO_RULES
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigurationError(f"{path}: can't be read as UTF-8", remedy="Check it and its permissions.") from error


def load_masking(folder: Path) -> MaskRules:
    """How the organisation has identifiers replaced; as shipped where it says nothing. Raises ConfigurationError."""
    path = folder / MASKING
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        text = ""
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigurationError(f"{path}: can't be read as UTF-8", remedy="Check it and its permissions.") from error
    return read_masking(text, _masking_data("zip3.toml"), str(path))


class Watched:
    """Keeps a `State` and reads its files again when one of them changed. A folder of `folders` must not vanish; one of
    `openers` may, because what it holds only ever opens. `changed` are the files that the last `refresh` found changed
    or gone."""

    def __init__(self, load: Callable[[], State], folders: Iterable[Path], openers: Iterable[Path] = ()) -> None:
        self._load = load
        self._folders, self._openers = tuple(folders), tuple(openers)
        self._stamp: tuple[tuple[str, int, int, int], ...] | None = self._look()
        self.changed: tuple[Path, ...] = ()
        self.state = load()
        self._there = self._present()

    def refresh(self) -> bool:
        """True where the state is another now. Cheap where no file changed, and no probe of an account expired."""
        stamp = self._look()
        self.changed = _paths(self._stamp or (), stamp)
        due = self.state.register.posture.changes_at
        if stamp == self._stamp and not (due and due <= datetime.now(UTC)):
            return False
        self._stamp = stamp
        try:
            # Without its folder the shipped rules would take the place of the organisation's own, perhaps stricter.
            for gone in self._there - self._present():
                raise ConfigurationError(f"{gone} is gone", remedy="Put the folder back.")
            self.state = self._load()
            self._there = self._present()
        except ConfigurationError as error:
            self.state = replace(self.state, broken=error.message)
        return True

    def close(self, why: str) -> None:
        """Closes the vendors until the files have been read anew."""
        self.state = replace(self.state, broken=why)
        self._stamp = None

    def _present(self) -> frozenset[Path]:
        return frozenset(folder for folder in self._folders if folder.is_dir())

    def _look(self) -> tuple[tuple[str, int, int, int], ...]:
        stamps = []
        for folder in (*self._folders, *self._openers):
            for path in sorted(folder.rglob("*")):
                try:
                    stat = path.stat()
                except OSError:
                    continue
                stamps.append((str(path), stat.st_mtime_ns, stat.st_size, stat.st_ino))
        return tuple(stamps)


def _paths(before: Iterable[tuple[str, int, int, int]], after: Iterable[tuple[str, int, int, int]]) -> tuple[Path, ...]:
    return tuple(sorted({Path(stamp[0]) for stamp in set(before) ^ set(after)}))
