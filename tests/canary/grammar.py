"""What a body of an interface looks like: the dialect's own description, and what that leaves open."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from ringfence.dialects import Dialect
from ringfence.dialects.schema import Node


@dataclass(frozen=True, eq=False, repr=False)
class Grammar:
    """One interface.

    `turns`: where the conversation stands. `part`: the kind of a part that is text ("": a turn has no parts).
    `choices`, `required`, `usual` (members of an everyday request), `solid` (no string may stand there) and `media`
    (parts of paths of what can't be read as text: a body that uses one is not to leave for an uncovered vendor) are by
    path. `kinds`: a member that is there -> the type of what holds it. `everyday`: bodies have the usual
    members only.
    """

    dialect: Dialect
    schema: Node
    turns: str
    part: str
    choices: Mapping[str, tuple[str, ...]]
    required: frozenset[str]
    usual: frozenset[str]
    solid: frozenset[str]
    media: tuple[str, ...] = ()
    kinds: Mapping[str, str] = field(default_factory=dict)
    headers: tuple[tuple[str, str], ...] = ()
    everyday: bool = False

    @property
    def endpoint(self) -> str:
        return self.dialect.endpoint

    @property
    def text(self) -> str:
        """The path of a turn's text."""
        return f"{self.turns}/*/content" if self.part else f"{self.turns}/*"

    @property
    def spoken(self) -> tuple[str, ...]:
        """As `text`, and that of a turn's parts."""
        return (self.text, f"{self.text}/*/text") if self.part else (self.text,)

    def turn(self, text: Any) -> Any:
        """A turn of the user's that says it."""
        return {"role": "user", "content": text} if self.part else text

    def is_media(self, path: str) -> bool:
        return any(part in path for part in self.media)

    def leaves(self, node: Node | None = None) -> Iterator[str]:
        """Every path where a string may stand."""
        node = self.schema if node is None else node
        for member in node.members.values():
            yield from self.leaves(member)
        if node.items is not None:
            yield from self.leaves(node.items)
        if node.path and node.path not in self.solid and not (node.path.endswith("/*") and node.members):
            yield node.path
