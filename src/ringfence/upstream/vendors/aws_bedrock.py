"""AWS Bedrock."""

from ringfence.upstream.vendor import Vendor

VENDOR = Vendor(
    name="aws-bedrock",
    service="aws-bedrock/converse",
    title="Bedrock Converse",
    base_url="",
    chat_path="",
    credential_env="AWS_BEARER_TOKEN_BEDROCK",
    source="https://docs.aws.amazon.com/bedrock/latest/userguide/api-keys.html",
    note="it speaks the Converse API, and Ringfence speaks Chat Completions so far.",
)
