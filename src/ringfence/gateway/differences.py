"""What changed between two states of what decides: ids, never content."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from ringfence.policy.difference import rules_of

PARTS = ("register", "policy", "keys", "exceptions")
"""What is kept (ledger/snapshots.py) and compared. `exceptions` holds the people who approve, too."""

MOST_IDS = 100
"""In one list, so that a record stays far below the ledger's bound; the rest is counted."""

Change = dict[str, list[str]]


def differences(part: str, before: bytes | None, after: bytes) -> dict[str, Any]:
    """What changed in one of PARTS, by kind of thing; empty where nothing did. `before` None: it was never kept, so
    that nobody can say."""
    if before == after:
        return {}
    if before is None:
        return {part: {"unknown": ["the state of before was not kept"]}}
    found = _OF[part](before, after)
    return {name: change for name, change in found.items() if change}


def compared(before: Mapping[str, Any], after: Mapping[str, Any]) -> Change:
    """Ids added, removed and changed; without what is empty."""
    lists = {
        "added": sorted(after.keys() - before.keys()),
        "removed": sorted(before.keys() - after.keys()),
        "changed": sorted(each for each in before.keys() & after.keys() if before[each] != after[each]),
    }
    return {name: _short(ids) for name, ids in lists.items() if ids}


def _register(before: bytes, after: bytes) -> dict[str, Any]:
    old, new = msgspec.json.decode(before), msgspec.json.decode(after)
    named = {"documents", "services"}
    other = [name for name in sorted((old.keys() | new.keys()) - named) if old.get(name) != new.get(name)]
    return {name: compared(old.get(name, {}), new.get(name, {})) for name in sorted(named)} | {"other": other}


def _policy(before: bytes, after: bytes) -> dict[str, Any]:
    old, new = msgspec.json.decode(before), msgspec.json.decode(after)
    files = [{**each["policies"], **each.get("beside", {}), "(schema)": each["schema"]} for each in (old, new)]
    return {"rules": compared(rules_of(before), rules_of(after)), "files": compared(*files)}


def _keys(before: bytes, after: bytes) -> dict[str, Any]:
    old, new = msgspec.json.decode(before), msgspec.json.decode(after)
    change = compared(old, new)
    turned = [each for each in change.get("changed", ()) if new[each].get("disabled") and not old[each].get("disabled")]
    if turned:
        change["disabled"] = turned
    return {"keys": change}


def _exceptions(before: bytes, after: bytes) -> dict[str, Any]:
    old, new = msgspec.json.decode(before), msgspec.json.decode(after)
    return {
        "people": compared(old["people"], new["people"]),
        "exceptions": compared(_by_id(old["exceptions"]), _by_id(new["exceptions"])),
    }


def _by_id(files: Mapping[str, Any]) -> dict[str, Any]:
    """Proposals under the id that each states; under its file's name where it states none."""
    found = {}
    for file, proposal in files.items():
        stated = proposal["act"]["body"].get("id")
        found[stated if isinstance(stated, str) else file] = proposal
    return found


def _short(ids: list[str]) -> list[str]:
    return ids if len(ids) <= MOST_IDS else [*ids[:MOST_IDS], f"and {len(ids) - MOST_IDS} more"]


_OF = {"register": _register, "policy": _policy, "keys": _keys, "exceptions": _exceptions}
