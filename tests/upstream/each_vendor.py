"""What the tests of all vendor files share: an address of a customer's own, a credential of each kind, and a way to put
a scripted service where the vendor's would stand."""

from __future__ import annotations

from urllib.parse import urlsplit

from google_account import endpoint
from msgspec.structs import replace
from scripted_service import ScriptedService

from ringfence.upstream import Target, Vendor, vendors
from ringfence.upstream.google_token import AccessToken
from support.google_key import key_file

ALL = vendors.all()
REACHED = [vendor for vendor in ALL if vendor.paths]
SURFACES = [(vendor, interface) for vendor in REACHED for interface in vendor.paths]
NAMED = [f"{vendor.service}-{interface}" for vendor, interface in SURFACES]

SIGNING_KEY = "AKIDEXAMPLE\nwJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY\nSESSION=="
_OWN = {
    "azure-openai": "https://contoso.openai.azure.com/openai/v1",
    "aws-bedrock": "https://bedrock-runtime.eu-west-1.amazonaws.com/openai/v1",
    "aws-bedrock/mantle-chat-completions": "https://bedrock-mantle.us-east-1.api.aws/v1",
    "aws-bedrock/mantle-responses": "https://bedrock-mantle.us-east-1.api.aws/openai/v1",
    "aws-bedrock/mantle-messages": "https://bedrock-mantle.us-east-1.api.aws/anthropic/v1",
    "google": "https://europe-west4-aiplatform.googleapis.com/v1/projects/p-1/locations/europe-west4/endpoints/openapi",
    "private": "https://llm.internal.example.org/v1",
}


def address(vendor: Vendor) -> str:
    """The vendor's base URL, or one as a customer would have it."""
    return vendor.base_url or _OWN.get(vendor.service) or _OWN[vendor.name]


def credential(vendor: Vendor) -> str:
    return key_file() if vendor.service == "google/vertex-chat-completions" else "sk-vendor-secret"


def target(vendor: Vendor, **options: object) -> Target:
    return vendor.target(vendor.service, credential(vendor), base_url=address(vendor), **options)


def at(service: ScriptedService, built: Target, google: ScriptedService | None = None) -> Target:
    """The same target with the scripted service in the place of its host, and its tokens from `google`."""
    local = f"http://127.0.0.1:{service.port}{urlsplit(built.base_url).path}"
    signer = built.signer
    if isinstance(signer, AccessToken):
        assert google is not None
        signer = AccessToken(key_file(), endpoint=endpoint(google), poll_s=0.01)
    return replace(built, base_url=local, covered_host="", allow_insecure_loopback=True, signer=signer)
