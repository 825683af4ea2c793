"""The lists for embeddings: every member that the SDK has is judged, and nobody's is let through unjudged."""

from __future__ import annotations

from typing import get_type_hints

import pytest
from openai.types.embedding_create_params import EmbeddingCreateParams

from ringfence.register import Snapshot
from ringfence.register.catalogue import AllowList


def embeddings(snapshot: Snapshot) -> dict[str, AllowList]:
    return {each.vendor: each for each in snapshot.terms if each.endpoint == "embeddings"}


def test_every_vendor_with_embeddings_has_a_list(shipped: Snapshot) -> None:
    served = {service.vendor for service in shipped.services.values() if "embeddings" in service.endpoints}
    assert set(embeddings(shipped)) == served | {"private"}


def test_openai_judges_every_member_of_the_sdk_and_no_other(shipped: Snapshot) -> None:
    fields = embeddings(shipped)["openai"].fields
    assert {path.strip("/") for path in fields} == set(get_type_hints(EmbeddingCreateParams))


@pytest.mark.parametrize("vendor", ["openai", "azure-openai", "google", "mistral", "fireworks"])
def test_who_a_person_is_does_not_go_with_regulated_data(vendor: str, shipped: Snapshot) -> None:
    fields = embeddings(shipped)[vendor].fields
    assert fields["/user"][""][0] == "forbid_regulated"
    assert {fields[path][""][0] for path in ("/model", "/input")} == {"allow"}
    assert "/messages" not in fields
