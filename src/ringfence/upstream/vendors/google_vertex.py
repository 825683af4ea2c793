"""Google's Vertex AI, by its OpenAI-compatible endpoint, with tokens of a service account."""

from ringfence.upstream.google_token import AccessToken
from ringfence.upstream.vendor import Vendor, usual


def _sign(credential: str, _base_url: str) -> AccessToken:
    return AccessToken(credential)


VENDORS = (
    Vendor(
        name="google",
        service="google/vertex-chat-completions",
        title="Vertex AI, OpenAI-compatible endpoint",
        base_url="",
        paths=usual("chat_completions"),
        credential_env="",
        sign=_sign,
        source="https://cloud.google.com/vertex-ai/generative-ai/docs/migrate/openai/auth-and-credentials",
        note="Set base_url to https://LOCATION-aiplatform.googleapis.com/v1/projects/PROJECT/locations/LOCATION/endpoints"
        "/openapi, and api_key to file:PATH of a service account's key.",
    ),
)
