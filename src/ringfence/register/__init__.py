"""Vendors, services and documents on paper, and from them coverage: may this data go there today, and why (not).

`load` reads files; all else is pure and is handed the day.
"""

from ringfence.register.catalogue import AllowList, Rule
from ringfence.register.check import check, problems_today
from ringfence.register.coverage import cover
from ringfence.register.demonstration import DEMONSTRATION_CLIENT, demonstration
from ringfence.register.difference import Difference, compare, compare_endpoints
from ringfence.register.documents import Document, names_party
from ringfence.register.kinds import Kind, KindRules, Role, Tier
from ringfence.register.load import load
from ringfence.register.methods import MaskMethod, mask_method
from ringfence.register.organisation import Organisation, OrganisationRole, Regime, organisation
from ringfence.register.posture import Posture, Probed, read_posture
from ringfence.register.practices import Practices, Question, Retention, Training, retention, unresolved
from ringfence.register.render import new_document, render
from ringfence.register.requirements import Need, Relaxation
from ringfence.register.scaffold import scaffold
from ringfence.register.snapshot import Problem, Snapshot, next_change, services_for_model
from ringfence.register.specification import ROUTES, endpoints, request_body, title_of
from ringfence.register.specification import check as check_specification
from ringfence.register.standing import Standing
from ringfence.register.surfaces import Client, Surface, clients, surface_at, surfaces, surfaces_at
from ringfence.register.terms import forced_members, review

__all__ = [
    "DEMONSTRATION_CLIENT",
    "ROUTES",
    "AllowList",
    "Client",
    "Difference",
    "Document",
    "Kind",
    "KindRules",
    "MaskMethod",
    "Need",
    "Organisation",
    "OrganisationRole",
    "Posture",
    "Practices",
    "Probed",
    "Problem",
    "Question",
    "Regime",
    "Relaxation",
    "Retention",
    "Role",
    "Rule",
    "Snapshot",
    "Standing",
    "Surface",
    "Tier",
    "Training",
    "check",
    "check_specification",
    "clients",
    "compare",
    "compare_endpoints",
    "cover",
    "demonstration",
    "endpoints",
    "forced_members",
    "load",
    "mask_method",
    "names_party",
    "new_document",
    "next_change",
    "organisation",
    "problems_today",
    "read_posture",
    "render",
    "request_body",
    "retention",
    "review",
    "scaffold",
    "services_for_model",
    "surface_at",
    "surfaces",
    "surfaces_at",
    "title_of",
    "unresolved",
]
