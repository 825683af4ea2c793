"""The list behind the generated documentation page."""

from __future__ import annotations

from ringfence.policy.catalogue import rules
from ringfence.policy.engine import Policy


def test_it_lists_every_rule_with_its_words_and_file(shipped: str, schema: str) -> None:
    own = '@id("own") @says("Ours.") @remedy("Ask us.") forbid (principal, action == Action::"send", resource);'
    listed = rules(Policy.load({"ringfence.cedar": shipped, "z.cedar": own}, schema))
    assert len(listed) == shipped.count("@id(") + 1
    assert (listed[0].id, listed[0].effect, listed[0].file) == ("send", "permit", "ringfence.cedar")
    last = listed[-1]
    assert (last.id, last.effect, last.says, last.remedy, last.file) == ("own", "forbid", "Ours.", "Ask us.", "z.cedar")
