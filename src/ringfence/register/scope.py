"""Whether a document is about a service, and whether its scope names what a request needs."""

from __future__ import annotations

from ringfence.register.documents import Document
from ringfence.register.globs import any_matches
from ringfence.register.services import bare_host
from ringfence.vocabulary.chat import Service
from ringfence.vocabulary.labels import Label


def concerns(document: Document, service: Service) -> bool:
    """True where the document's subject is the service's vendor, or the host of a private service.

    INVARIANT: example documents are about demonstration services only, and no other documents are.
    """
    if document.demonstration != service.demonstration:
        return False
    if service.private:
        return bare_host(document.subject) == bare_host(service.host)
    return document.subject == service.vendor


def scope_gap(document: Document, service: Service, label: Label | None, endpoint: str, model: str) -> str:
    """What the document's scope leaves out, as the end of a sentence; "" where it leaves out nothing.

    A list that is empty leaves out nothing: `missing` has refused those that a kind must state. `label` None: any.
    """
    scope = document.scope
    if scope.services and not any_matches(scope.services, service.id):
        return f"does not name {service.id} in its scope"
    if label is not None and scope.labels and label not in scope.labels:
        return f"does not name {label.value} in its scope"
    if scope.endpoints and endpoint not in scope.endpoints:
        return f"does not name the endpoint {endpoint} in its scope"
    if scope.models and not any_matches(scope.models, model):
        return "does not name the model asked for in its scope"
    return ""
