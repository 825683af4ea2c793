"""What a bundle's reader takes from a snapshot of the register or of the rules: names, kinds and digests."""

from __future__ import annotations

import re
from typing import Annotated

import msgspec

_RULE_ID = re.compile(r'@id\(\s*"([a-z0-9-]{1,200})"\s*\)')


class _File(msgspec.Struct, frozen=True):
    sha256: str = ""


class _Document(msgspec.Struct, frozen=True):
    kind: str
    file: _File = _File()


MOST_DOCUMENTS = 50_000
"""In one register: thousands of papers are many."""


class _Register(msgspec.Struct, frozen=True):
    documents: Annotated[dict[str, _Document], msgspec.Meta(max_length=MOST_DOCUMENTS)] = {}


class _Policy(msgspec.Struct, frozen=True):
    policies: dict[str, str]


def documents(snapshot: bytes) -> dict[str, dict[str, str]]:
    """Id -> kind and SHA-256 of the paper, "" where none was given, of every document on file.

    Raises msgspec.MsgspecError where it is no register.
    """
    found = msgspec.json.decode(snapshot, type=_Register).documents
    return {id_: {"kind": each.kind, "sha256": each.file.sha256} for id_, each in sorted(found.items())}


def rule_ids(snapshot: bytes) -> frozenset[str]:
    """The ids of the rules in a snapshot of the policies. Raises msgspec.MsgspecError where it is none."""
    texts = msgspec.json.decode(snapshot, type=_Policy).policies.values()
    return frozenset(found for text in texts for found in _RULE_ID.findall(text))
