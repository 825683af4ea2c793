"""One Cedar rule as people see it, and the checks that each file of rules must pass before any of it is used."""

from __future__ import annotations

import re
from typing import Any, Literal

import cedarpy
import msgspec

from ringfence.vocabulary.errors import ConfigurationError

# The id stands in HTTP headers, records and documentation anchors, so it may hold nothing that these would escape.
_ID = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")

POLICY_ERROR = "policy-error"
NOTHING_PERMITS = "nothing-permits"
NO_CANDIDATE = "no-candidate"
RESERVED = frozenset({POLICY_ERROR, NOTHING_PERMITS, NO_CANDIDATE})
"""Ids that Ringfence itself gives as a reason, where no rule of a file decided."""


class Rule(msgspec.Struct, frozen=True):
    """`id`, `says` and `remedy` are the rule's annotations; `file` is the name under which its text was handed in."""

    id: str
    effect: Literal["permit", "forbid"]
    says: str
    remedy: str
    file: str


def read_rules(file: str, text: str, schema: cedarpy.Schema) -> tuple[Rule, ...]:
    """The rules of one file, in the order in which they stand there.

    Raises ConfigurationError, naming file and rule, where the text can't be parsed, doesn't validate against the
    schema, holds a template, or has a rule without a usable @id or @says.
    """
    try:
        parsed: dict[str, Any] = msgspec.json.decode(cedarpy.policies_to_json_str(text))
    except ValueError as error:
        raise ConfigurationError(
            f"{file} can't be read as Cedar: {error}", remedy="Correct the syntax of this file.", where=file
        ) from error
    if parsed["templates"]:
        # A template decides nothing until it is linked, and nothing here links any: a forbid would never forbid.
        raise ConfigurationError(
            f"{file} holds a template (?principal or ?resource), which would never decide anything",
            remedy='Write the rule out for each client, for example `principal == Client::"billing"`.',
            where=file,
        )
    rules = tuple(
        _rule(file, number, parsed["staticPolicies"][key])
        for number, key in enumerate(sorted(parsed["staticPolicies"], key=_position), start=1)
    )
    _validate(file, text, schema)
    return rules


def _position(policy_id: str) -> int:
    """Cedar numbers the policies of a text: policy0, policy1 and so on."""
    return int(policy_id.removeprefix("policy"))


def _rule(file: str, number: int, policy: dict[str, Any]) -> Rule:
    notes: dict[str, str | None] = policy.get("annotations", {})
    rule_id, says = notes.get("id") or "", (notes.get("says") or "").strip()
    where = f"{file}: rule {rule_id or number}"
    if not _ID.fullmatch(rule_id) or rule_id in RESERVED:
        raise ConfigurationError(
            f"{where} has no usable @id",
            remedy=f'Give it one of its own in small letters, such as @id("no-weekends"); taken: {sorted(RESERVED)}.',
            where=where,
        )
    if not says:
        raise ConfigurationError(
            f"{where} has no @says", remedy="Add @says with a sentence that tells people why.", where=where
        )
    return Rule(rule_id, policy["effect"], says, notes.get("remedy") or "", file)


def _validate(file: str, text: str, schema: cedarpy.Schema) -> None:
    result = cedarpy.validate_policies(text, schema)
    if result.validation_passed:
        return
    names = result.id_annotations_by_policy_id
    found = [f"rule {names.get(error.policy_id, '?')}: {error.error}" for error in result.errors]
    raise ConfigurationError(
        f"{file} does not fit the schema: {'; '.join(found) or 'no detail given'}",
        remedy="Use only the members and values that `ringfence.cedarschema` lists.",
        where=f"{file}: {found[0].split(':')[0]}" if found else file,
    )
