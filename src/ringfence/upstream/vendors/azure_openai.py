"""Azure OpenAI, by its v1 API, which needs no dated api-version. The model name is that of a deployment."""

from ringfence.upstream.vendor import Vendor

VENDOR = Vendor(
    name="azure-openai",
    service="azure-openai/chat-completions",
    title="Azure OpenAI Chat Completions",
    base_url="",
    chat_path="/chat/completions",
    credential_env="AZURE_OPENAI_API_KEY",
    auth_header="api-key",
    auth_prefix="",
    source="https://learn.microsoft.com/azure/foundry/openai/api-version-lifecycle",
    note="Set base_url to https://YOUR-RESOURCE.openai.azure.com/openai/v1 in its [[upstream]] table.",
)
