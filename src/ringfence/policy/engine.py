"""A loaded set of rules, and the one place that asks Cedar."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from datetime import datetime

import cedarpy
import msgspec

from ringfence.policy.request import request_json
from ringfence.policy.rule import NOTHING_PERMITS, POLICY_ERROR, Rule, read_rules
from ringfence.vocabulary.decision import Facts, Reason, Verdict
from ringfence.vocabulary.errors import ConfigurationError

CEDAR_VERSION = "4.12.0"
"""The Cedar inside cedarpy 4.12; npm's @cedar-policy/cedar-wasm of this same version replays its decisions."""

SHIPPED_FORBIDS = (
    "facts-contradict",
    "model-not-allowed",
    "service-not-configured",
    "not-readable",
    "reroute-refused",
    "label-not-covered",
    "private-host-not-covered",
    "phi-needs-method",
    "label-cannot-be-masked",
    "declared-names-unsearched",
    "declared-secrets-unmasked",
    "masking-incomplete",
    "residual-findings",
    "unread-needs-cover",
    "classification-failed",
    "unknown-field",
    "retained-field",
    "no-exception-for-health-data",
)
"""The forbids of `rules/ringfence.cedar`: where a customer's folder lacks one, `Policy.warnings` says so."""

_NO_ENTITIES = cedarpy.Entities.from_json_str("[]")
_ENCODER = msgspec.json.Encoder()
_POLICY_NUMBER = re.compile(r"policy `policy(\d+)`")


class Policy(msgspec.Struct, frozen=True):
    """Rules that were checked and parsed once. Make one with `Policy.load`.

    `digest` is hex SHA-256 of `content`: Cedar's version, the schema and every text, as
    JSON {"cedar": version, "policies": {file: text}, "schema": text} with sorted keys and no spaces, and with
    "beside": {file: text} where there are such files. `rules` stand in the order in which Cedar
    numbers them, `order` is the place of each id there. `warnings` are sentences for an operator. `reads_time` is true
    where a rule may look at `context.now`: answers then hold for one minute only.
    """

    digest: str
    content: bytes
    rules: tuple[Rule, ...]
    order: dict[str, int]
    warnings: tuple[str, ...]
    reads_time: bool
    cedar_policies: cedarpy.PolicySet
    cedar_schema: cedarpy.Schema

    @classmethod
    def load(cls, texts: Mapping[str, str], schema: str, beside: Mapping[str, str] | None = None) -> Policy:
        """Check and parse `texts` (file name -> Cedar text) against `schema` (Cedar schema text). `beside` are other
        files of the folder that change what is decided: they count in the digest.

        Raises ConfigurationError, naming file, rule and remedy, for anything that can't be used as it stands.
        """
        try:
            parsed_schema = cedarpy.Schema.from_str(schema)
        except ValueError as error:
            raise ConfigurationError(
                f"the Cedar schema can't be read: {error}", remedy="Reinstall Ringfence.", where="schema"
            ) from error
        rules = tuple(rule for file in sorted(texts) for rule in read_rules(file, texts[file], parsed_schema))
        if not rules:
            raise ConfigurationError(
                "there is no rule in the policies folder, so every request would be denied",
                remedy="Run `ringfence init`, or copy the shipped ringfence.cedar there.",
                where="policies",
            )
        # Read as one text, files in the same order: so Cedar's policyN is rules[N]. A file may end within a comment.
        together = "\n".join(texts[file] for file in sorted(texts))
        order = _order(rules)
        content = _content(texts, schema, beside or {})
        return cls(
            digest=hashlib.sha256(content).hexdigest(),
            content=content,
            rules=rules,
            order=order,
            warnings=_warnings(rules),
            # Any way to reach the member spells its name, so this can be too wide but not too narrow.
            reads_time='"now"' in cedarpy.policies_to_json_str(together),
            cedar_policies=cedarpy.PolicySet.from_str(together),
            cedar_schema=parsed_schema,
        )

    def ask(self, candidates: Sequence[Facts], now: datetime) -> tuple[Verdict, ...]:
        """Cedar's answer for each candidate, in order. `now` must have a time zone; rules see its minute in UTC."""
        requests = []
        for facts in candidates:
            request = request_json(facts, now)
            request["context"] = _ENCODER.encode(request["context"]).decode()
            requests.append(request)
        # With the schema Cedar checks each question: a missing, superfluous, mistyped or unlisted value is no decision.
        results = cedarpy.is_authorized_batch(requests, self.cedar_policies, _NO_ENTITIES, self.cedar_schema)
        return tuple(self._verdict(facts, result) for facts, result in zip(candidates, results, strict=True))

    def _verdict(self, facts: Facts, result: cedarpy.AuthzResult) -> Verdict:
        ids = result.diagnostics.id_annotations_by_reason.values()
        decided = [self.rules[place] for place in sorted(self.order[rule_id] for rule_id in ids)]
        if result.decision is cedarpy.Decision.NoDecision:
            return Verdict(facts, False, (_FAILED,), ("the facts of this candidate do not fit the policy schema",))
        if result.diagnostics.errors:
            # INVARIANT: an error denies. Cedar skips a forbid that fails to evaluate, and may then say Allow.
            forbids = tuple(_reason(rule) for rule in decided if rule.effect == "forbid")
            errors = tuple(self._sentence(error) for error in result.diagnostics.errors)
            return Verdict(facts, False, (*forbids, _FAILED), errors)
        if not decided:
            return Verdict(facts, False, (_NOTHING_PERMITS,))
        return Verdict(facts, result.decision is cedarpy.Decision.Allow, tuple(_reason(rule) for rule in decided))

    def _sentence(self, error: str) -> str:
        """INVARIANT: of Cedar's own words only the rule's number is used: they can quote a client's field names."""
        number = _POLICY_NUMBER.search(error)
        return f"rule {self.rules[int(number[1])].id} could not be evaluated" if number else "a rule failed"


def _reason(rule: Rule) -> Reason:
    return Reason(rule.id, rule.says, rule.remedy)


_FAILED = Reason(
    POLICY_ERROR,
    "A rule could not be evaluated for this request, and what can't be checked is denied.",
    "Run `ringfence explain` on the request and correct the rule that it names.",
)
_NOTHING_PERMITS = Reason(
    NOTHING_PERMITS,
    "No rule permits this request.",
    "Put the shipped `send` rule back into the policies folder.",
)


def _content(texts: Mapping[str, str], schema: str, beside: Mapping[str, str]) -> bytes:
    whole = {"cedar": CEDAR_VERSION, "policies": dict(texts), "schema": schema}
    if beside:
        whole["beside"] = dict(beside)
    return msgspec.json.encode(whole, order="sorted")


def _order(rules: Sequence[Rule]) -> dict[str, int]:
    order: dict[str, int] = {}
    for place, rule in enumerate(rules):
        if rule.id in order:
            raise ConfigurationError(
                f"two rules have the @id {rule.id}: one in {rules[order[rule.id]].file}, one in {rule.file}",
                remedy="Give each rule an @id of its own.",
                where=f"{rule.file}: rule {rule.id}",
            )
        order[rule.id] = place
    return order


def _warnings(rules: Sequence[Rule]) -> tuple[str, ...]:
    forbids = {rule.id for rule in rules if rule.effect == "forbid"}
    closed = len(forbids) == len(rules)
    return (
        *(("no rule in the policies folder permits anything, so every request is denied",) if closed else ()),
        *(
            f"the shipped rule {name} is not in the policies folder, so nothing forbids what it forbade"
            for name in SHIPPED_FORBIDS
            if name not in forbids
        ),
    )
