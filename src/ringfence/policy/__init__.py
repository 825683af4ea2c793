"""The fifth station: may this request go there, in this form? Cedar rules in `rules/`, asked candidate by candidate.

Pure: no file, clock or randomness. Texts, facts and the time are handed in.
"""

from ringfence.policy.decide import decide
from ringfence.policy.engine import Policy
from ringfence.policy.memory import Memory

__all__ = ["Memory", "Policy", "decide"]
