from __future__ import annotations

from pathlib import Path

import pytest

from ringfence import dialects
from ringfence.register import clients, surface_at, surfaces, surfaces_at
from ringfence.register.reading import ID

ROUTES = [path for dialect in dialects.all() for _, path in dialect.routes]


def test_every_surface_says_what_is_kept_and_where_that_was_read() -> None:
    assert len({surface.id for surface in surfaces()}) == len(surfaces())
    for surface in surfaces():
        assert ID.fullmatch(surface.id)
        assert surface.id.startswith(f"{surface.vendor}/")
        assert surface.keeps.endswith(".")
        assert surface.why.endswith(".")
        assert surface.source.startswith("https://")
        assert surface.paths


@pytest.mark.parametrize("path", sorted({*ROUTES, "/v1/models", "/v1/models/gpt-4o"}))
def test_what_is_served_is_no_surface(path: str) -> None:
    assert surfaces_at(path) == ()


@pytest.mark.parametrize(
    ("path", "ids"),
    [
        ("/v1/files", ["openai/files", "anthropic/files"]),
        ("/v1/files/f1/content", ["openai/files", "anthropic/files"]),
        ("/v1/filesystem", []),
        ("/v1/responses/resp_1/cancel", ["openai/stored-responses"]),
        ("/v1/messages/batches", ["anthropic/batches"]),
        ("/v1/audio/voices/v1", ["openai/voices", "openai/audio"]),
        ("/elsewhere", []),
    ],
)
def test_a_path_is_known_by_name(path: str, ids: list[str]) -> None:
    assert [surface.id for surface in surfaces_at(path)] == ids
    first = surface_at(path)
    assert (first.id if first else None) == (ids[0] if ids else None)


def test_clients_are_told_apart() -> None:
    unsuitable = [client.id for client in clients() if not client.suitable]
    assert unsuitable == ["cursor"]
    endpoints = {dialect.endpoint for dialect in dialects.all()}
    assert {each for client in clients() for each in client.speaks} <= endpoints


def test_the_data_is_one_file() -> None:
    folder = Path(__file__).parents[2] / "src/ringfence/register"
    assert [path.name for path in folder.glob("surfaces*.toml")] == ["surfaces.toml"]
