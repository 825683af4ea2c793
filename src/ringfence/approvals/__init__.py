"""People who may approve, and acts that need more than one of them.

An `Act` is data; its canonical digest is what people sign, each in a DSSE envelope that shows the whole act. Who may
sign stands in `approvers/*.toml`. Nothing here knows what an act means: the room that does something asks `require`.
"""

from ringfence.approvals.acts import canonical, digest, words
from ringfence.approvals.approving import approvals_of, approve, enough, require, with_approval
from ringfence.approvals.dsse import PAYLOAD_TYPE
from ringfence.approvals.keys import load_private_key, public_text, seal_private_key
from ringfence.approvals.people import check_people, check_person, load_people, write_person
from ringfence.approvals.proposals import parse_proposal, read_proposal, write_proposal

__all__ = [
    "PAYLOAD_TYPE",
    "approvals_of",
    "approve",
    "canonical",
    "check_people",
    "check_person",
    "digest",
    "enough",
    "load_people",
    "load_private_key",
    "parse_proposal",
    "public_text",
    "read_proposal",
    "require",
    "seal_private_key",
    "with_approval",
    "words",
    "write_person",
    "write_proposal",
]
