"""Typed facts with expiry, each computed from the register, the accounts, the ledger or the settings; never written by
a model. One file for each topic in `topics/`."""

from ringfence.evidence.facts.collect import collect, topics
from ringfence.evidence.facts.tally import read_traffic
from ringfence.evidence.facts.topic import Predicate, Topic
from ringfence.evidence.facts.traffic import Traffic
from ringfence.evidence.facts.world import House, World

__all__ = ["House", "Predicate", "Topic", "Traffic", "World", "collect", "read_traffic", "topics"]
