"""Every table of settings on the page about vendors makes services that can be reached."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from ringfence.gateway.services import targets
from ringfence.register.services import shipped_profiles
from ringfence.settings import load
from ringfence.upstream import Upstreams
from ringfence.upstream.google_token import AccessToken
from ringfence.upstream.sigv4 import SigV4
from ringfence.vocabulary.chat import Service
from support.google_key import key_file

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs/how-to/reach-each-vendor.md").read_text("utf-8")
BLOCKS = re.findall(r"^```toml\n(.*?)^```", PAGE, re.M | re.S)
VLLM = Service(
    id="private/vllm",
    vendor="private",
    title="vLLM",
    private=True,
    own_host=True,
    host="vllm.internal.example.org",
    endpoints=("chat_completions", "embeddings"),
    models=("m",),
    modalities=("text",),
)
SIGNERS = {"google/vertex-chat-completions": AccessToken, "aws-bedrock/mantle-messages": SigV4}


@pytest.mark.parametrize("block", BLOCKS, ids=lambda block: block.split('"')[1])
def test_settings_of_the_page_reach_services(block: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    secrets = {"openai": "sk-1", "aws": "AKIDEXAMPLE\nsecret\nsession\n", "vertex.json": key_file()}
    for name, secret in secrets.items():
        (tmp_path / name).write_text(secret)
        block = block.replace(f"file:/run/secrets/{name}", f"file:{tmp_path / name}")
    for variable in (*re.findall(r"env:(\w+)", block), "AZURE_OPENAI_API_KEY", "AWS_BEARER_TOKEN_BEDROCK"):
        monkeypatch.setenv(variable, "sk-1")
    (tmp_path / "ringfence.toml").write_text(block)
    services = {service.id: service for each in shipped_profiles() for service in each.services} | {VLLM.id: VLLM}
    settings = load(tmp_path / "ringfence.toml")
    found = {target.service_id: target for target in targets(settings, services)}
    upstreams = Upstreams(found.values())
    assert settings.upstream
    for upstream in settings.upstream:
        signer = found[upstream.service].signer
        if isinstance(signer, AccessToken):
            assert "not been fetched yet" in upstreams.why_not(upstream.service)
        else:
            assert upstreams.configured(upstream.service)
        kind = SIGNERS.get(upstream.service)
        assert isinstance(signer, kind) if kind else signer is None
        for endpoint in services[upstream.service].endpoints:
            assert upstreams.path(upstream.service, endpoint).startswith("/")


def test_the_page_names_every_vendor() -> None:
    for each in shipped_profiles():
        *_, name = re.findall(r"\w+", each.profile.title)
        assert name in PAGE
