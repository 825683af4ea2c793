"""AWS Bedrock, by its endpoints that speak OpenAI's and Anthropic's interfaces, with an API key or signed requests."""

import re

from msgspec.structs import replace

from ringfence.upstream.signer import Signer
from ringfence.upstream.sigv4 import ENVIRONMENT, SigV4
from ringfence.upstream.vendor import Vendor, usual
from ringfence.vocabulary.errors import ConfigurationError

# https://docs.aws.amazon.com/bedrock/latest/userguide/endpoints.html
_URL = re.compile(
    r"https://bedrock-(runtime(?:-fips)?|mantle)\.([a-z]{2}(?:-[a-z]+)+-\d)\.(?:amazonaws\.com|api\.aws)/.*"
)


def _sign(credential: str, base_url: str) -> Signer | None:
    """One word is a Bedrock API key; key id, secret and perhaps session token, apart by white space, sign."""
    words = credential.split()
    if len(words) == 1:
        return None
    found = _URL.fullmatch(f"{base_url}/")
    if len(words) > 3 or not found:
        raise ConfigurationError(
            "Requests to AWS can't be signed with what is configured",
            remedy="Set base_url to an address that names the Region, and api_key to a key id, a secret and, for"
            " temporary keys, a session token, a line each.",
        )
    service = "bedrock-mantle" if found[1] == "mantle" else "bedrock"
    key_id, secret, *session = words
    return SigV4(key_id, secret, "".join(session), region=found[2], service=service)


_RUNTIME = Vendor(
    name="aws-bedrock",
    service="aws-bedrock/chat-completions",
    title="Bedrock, OpenAI-compatible endpoint",
    base_url="",
    paths=usual("chat_completions"),
    credential_env="AWS_BEARER_TOKEN_BEDROCK",
    signing_env=ENVIRONMENT,
    sign=_sign,
    source="https://docs.aws.amazon.com/bedrock/latest/userguide/inference-responses-api.html",
    note="Set base_url to https://bedrock-runtime.REGION.amazonaws.com/openai/v1.",
)
_MANTLE = replace(
    _RUNTIME,
    service="aws-bedrock/mantle-chat-completions",
    title="Bedrock Mantle Chat Completions",
    note="Set base_url to https://bedrock-mantle.REGION.api.aws/v1, or to /openai/v1 for models that AWS serves there.",
)

VENDORS = (
    _RUNTIME,
    replace(_RUNTIME, service="aws-bedrock/responses", title="Bedrock Responses", paths=usual("responses")),
    _MANTLE,
    replace(
        _MANTLE, service="aws-bedrock/mantle-responses", title="Bedrock Mantle Responses", paths=usual("responses")
    ),
    replace(
        _MANTLE,
        service="aws-bedrock/mantle-messages",
        title="Bedrock Mantle Messages",
        paths=usual("messages", "count_tokens"),
        source="https://docs.aws.amazon.com/bedrock/latest/userguide/inference-messages-api.html",
        note="Set base_url to https://bedrock-mantle.REGION.api.aws/anthropic/v1.",
    ),
    replace(
        _RUNTIME,
        service="aws-bedrock/converse",
        title="Bedrock Converse",
        paths={},
        source="https://docs.aws.amazon.com/bedrock/latest/userguide/conversation-inference.html",
        note="it speaks the Converse API, which Ringfence does not.",
    ),
)
