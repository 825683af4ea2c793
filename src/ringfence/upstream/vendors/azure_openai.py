"""Azure OpenAI, by its v1 API, which needs no dated api-version. The model name is that of a deployment."""

from msgspec.structs import replace

from ringfence.upstream.vendor import Vendor, usual

_CHAT = Vendor(
    name="azure-openai",
    service="azure-openai/chat-completions",
    title="Azure OpenAI Chat Completions",
    base_url="",
    paths=usual("chat_completions"),
    credential_env="AZURE_OPENAI_API_KEY",
    auth_header="api-key",
    auth_prefix="",
    note="Set base_url to https://YOUR-RESOURCE.openai.azure.com/openai/v1 in its [[upstream]] table.",
    source="https://learn.microsoft.com/azure/foundry/openai/api-version-lifecycle",
)

VENDORS = (
    _CHAT,
    replace(_CHAT, service="azure-openai/responses", title="Azure OpenAI Responses", paths=usual("responses")),
    replace(_CHAT, service="azure-openai/embeddings", title="Azure OpenAI Embeddings", paths=usual("embeddings")),
)
