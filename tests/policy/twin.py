"""The shipped rules once more, slowly and in plain Python, so that Cedar's text has something to disagree with.

One function per rule, named as the rule; each says whether the rule forbids. `forbids` gives every rule that does.
"""

from __future__ import annotations

from collections.abc import Callable

from ringfence.vocabulary.decision import Facts, Form
from ringfence.vocabulary.labels import Label
from ringfence.vocabulary.text import Completeness

MASKABLE = {
    Label.PERSONAL,
    Label.FINANCIAL,
    Label.CARD,
    Label.SECRET,
    Label.PHI,
    Label.LIMITED_DATA_SET,
    Label.PART2,
}
HEALTH = {Label.PHI, Label.LIMITED_DATA_SET, Label.PART2}


def is_regulated(labels: tuple[Label, ...]) -> bool:
    return any(label != Label.GENERAL for label in labels)


def facts_contradict(f: Facts) -> bool:
    if not f.labels:
        return True
    strangers = (set(f.declared) | set(f.uncovered)) - set(f.labels)
    return bool(strangers) or (f.own_host and not f.private)


def model_not_allowed(f: Facts) -> bool:
    return not f.model_allowed


def service_not_configured(f: Facts) -> bool:
    return not f.configured


def not_readable(f: Facts) -> bool:
    return not f.readable


def reroute_refused(f: Facts) -> bool:
    return f.rerouted and not f.reroute_allowed


def label_not_covered(f: Facts) -> bool:
    if f.form != Form.AS_REQUESTED or f.private or not f.uncovered:
        return False
    return any(label not in f.excepted_labels for label in f.uncovered)


def private_host_not_covered(f: Facts) -> bool:
    return f.private and len(f.uncovered) > 0


def phi_needs_method(f: Facts) -> bool:
    if f.form != Form.MASKED or not HEALTH & set(f.uncovered):
        return False
    if f.mask_method == "expert_determination":
        return False
    return not (f.mask_method == "safe_harbor" and f.names_searched)


def label_cannot_be_masked(f: Facts) -> bool:
    return f.form == Form.MASKED and any(label not in MASKABLE for label in f.uncovered)


def declared_names_unsearched(f: Facts) -> bool:
    if f.form != Form.MASKED or f.names_searched:
        return False
    at_stake = set(f.declared) & set(f.uncovered) & {Label.PERSONAL, Label.FINANCIAL, Label.CARD}
    return bool(at_stake) and f.mask_method not in ("structured_acceptance", "expert_determination")


def declared_secrets_unmasked(f: Facts) -> bool:
    if f.form != Form.MASKED or Label.SECRET not in f.declared or Label.SECRET not in f.uncovered:
        return False
    return f.mask_method not in ("structured_acceptance", "expert_determination")


def masking_incomplete(f: Facts) -> bool:
    return f.form == Form.MASKED and len(f.unmaskable) > 0 and len(f.uncovered) > 0


def residual_findings(f: Facts) -> bool:
    return f.form == Form.MASKED and len(f.residual) > 0 and len(f.uncovered) > 0


def unread_needs_cover(f: Facts) -> bool:
    if f.completeness == Completeness.COMPLETE or f.own_host:
        return False
    return not is_regulated(f.declared) or len(f.uncovered) > 0


def classification_failed(f: Facts) -> bool:
    return f.completeness == Completeness.FAILED and not f.private


def unknown_field(f: Facts) -> bool:
    if "unknown-field" in f.excepted_rules:
        return False
    return len(f.unknown_fields) > 0 and not f.private and is_regulated(f.labels)


def retained_field(f: Facts) -> bool:
    if "retained-field" in f.excepted_rules:
        return False
    return len(f.forbidden_fields) > 0 and not f.private and is_regulated(f.labels)


def no_exception_for_health_data(f: Facts) -> bool:
    never = {*HEALTH, Label.SECRET}
    claimed = bool(f.excepted_rules) or bool(f.excepted_labels)
    return (claimed and bool(never & set(f.labels))) or bool(never & set(f.excepted_labels))


RULES: tuple[Callable[[Facts], bool], ...] = (
    facts_contradict,
    model_not_allowed,
    service_not_configured,
    not_readable,
    reroute_refused,
    label_not_covered,
    private_host_not_covered,
    phi_needs_method,
    label_cannot_be_masked,
    declared_names_unsearched,
    declared_secrets_unmasked,
    masking_incomplete,
    residual_findings,
    unread_needs_cover,
    classification_failed,
    unknown_field,
    retained_field,
    no_exception_for_health_data,
)


def forbids(facts: Facts) -> tuple[str, ...]:
    """Ids of the rules that forbid, in the order of the shipped file; none means allowed by `send`."""
    return tuple(rule.__name__.replace("_", "-") for rule in RULES if rule(facts))
