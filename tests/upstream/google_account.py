"""A token endpoint that checks the grant."""

from __future__ import annotations

import base64
import json
from typing import Any
from urllib.parse import parse_qs

from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.hazmat.primitives.hashes import SHA256
from scripted_service import Exchange, ScriptedService, reply

from ringfence.upstream import Target
from support.google_key import key


def endpoint(service: ScriptedService) -> Target:
    return Target(
        service_id="Google's token endpoint",
        base_url=f"http://127.0.0.1:{service.port}",
        allow_insecure_loopback=True,
        connect_timeout_s=1.0,
        first_byte_timeout_s=0.5,
    )


def grants(service: ScriptedService, *answers: bytes) -> None:
    """Answers each grant with the next of these replies, and the last one from then on."""
    left = list(answers)

    async def script(exchange: Exchange) -> None:
        await exchange.write(left.pop(0) if len(left) > 1 else left[0])

    service.scripts["/token"] = script


def token(name: str, expires_in: int = 3599) -> bytes:
    return reply(json.dumps({"access_token": name, "expires_in": expires_in, "token_type": "Bearer"}).encode())


def claim(exchange: Exchange) -> tuple[dict[str, Any], dict[str, Any]]:
    """Head and claim of the grant in a request; the signature is checked on the way."""
    form = parse_qs(exchange.body.decode(), strict_parsing=True)
    assert form["grant_type"] == ["urn:ietf:params:oauth:grant-type:jwt-bearer"]
    [assertion] = form["assertion"]
    head, body, signature = assertion.split(".")
    key().public_key().verify(_decoded(signature), f"{head}.{body}".encode(), padding.PKCS1v15(), SHA256())
    return json.loads(_decoded(head)), json.loads(_decoded(body))


def _decoded(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
