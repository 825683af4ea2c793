"""Vendors, services and documents on paper, and from them coverage: may this data go there today, and why (not).

`load` reads files; all else is pure and is handed the day.
"""

from ringfence.register.check import check, problems_today
from ringfence.register.coverage import cover
from ringfence.register.demonstration import DEMONSTRATION_CLIENT, demonstration
from ringfence.register.documents import Document
from ringfence.register.kinds import Kind, KindRules, Role
from ringfence.register.load import load
from ringfence.register.methods import MaskMethod, mask_method
from ringfence.register.organisation import Organisation, OrganisationRole, Regime, organisation
from ringfence.register.render import new_document, render
from ringfence.register.requirements import Need, Relaxation
from ringfence.register.scaffold import scaffold
from ringfence.register.snapshot import Problem, Snapshot, next_change, services_for_model
from ringfence.register.standing import Standing
from ringfence.register.terms import forced_members, review

__all__ = [
    "DEMONSTRATION_CLIENT",
    "Document",
    "Kind",
    "KindRules",
    "MaskMethod",
    "Need",
    "Organisation",
    "OrganisationRole",
    "Problem",
    "Regime",
    "Relaxation",
    "Role",
    "Snapshot",
    "Standing",
    "check",
    "cover",
    "demonstration",
    "forced_members",
    "load",
    "mask_method",
    "new_document",
    "next_change",
    "organisation",
    "problems_today",
    "render",
    "review",
    "scaffold",
    "services_for_model",
]
