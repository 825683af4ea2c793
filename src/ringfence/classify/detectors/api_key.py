"""Credentials whose issuers gave them a shape of their own."""

from __future__ import annotations

from collections.abc import Iterator

from ringfence.classify.checksums import entropy_bits
from ringfence.classify.detector import SHAPED, Detector, Hit, marked
from ringfence.classify.matching import compiled, find

# One line per issuer: what it is, its pattern, where the shape is documented.
_SHAPES: tuple[tuple[str, str, str], ...] = (
    (
        "OpenAI",
        r"sk-(?:proj-|svcacct-|admin-|None-)?[A-Za-z0-9_-]{20,200}",
        "https://platform.openai.com/docs/api-reference/authentication",
    ),
    ("Anthropic", r"sk-ant-[a-z0-9]+-[A-Za-z0-9_-]{20,200}", "https://docs.anthropic.com/en/api/overview"),
    ("OpenRouter", r"sk-or-v1-[0-9a-f]{64}", "https://openrouter.ai/docs/api-reference/authentication"),
    (
        "AWS access key",
        r"(?:AKIA|ASIA|ABIA|ACCA)[A-Z2-7]{16}",
        "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html#identifiers-unique-ids",
    ),
    (
        "GitHub",
        r"gh[pousr]_[A-Za-z0-9]{36,255}",
        "https://github.blog/2021-04-05-behind-githubs-new-authentication-token-formats/",
    ),
    (
        "GitHub fine-grained",
        r"github_pat_[A-Za-z0-9_]{22,255}",
        "https://docs.github.com/authentication/keeping-your-account-and-data-secure/about-authentication-to-github",
    ),
    (
        "GitLab",
        r"gl(?:pat|dt|rt|cbt|ptt|ft|soat)-[A-Za-z0-9_.-]{20,64}",
        "https://docs.gitlab.com/security/tokens/#token-prefixes",
    ),
    ("Slack", r"xox[abeoprs]-[A-Za-z0-9-]{10,250}", "https://api.slack.com/concepts/token-types"),
    ("Slack app", r"xapp-\d-[A-Za-z0-9-]{10,250}", "https://api.slack.com/concepts/token-types"),
    (
        "Slack webhook",
        r"hooks\.slack\.com/services/T[A-Z0-9]+/B[A-Z0-9]+/[A-Za-z0-9]{16,}",
        "https://api.slack.com/messaging/webhooks",
    ),
    (
        "Stripe",
        r"(?:sk|rk)_(?:live|test)_[A-Za-z0-9]{16,250}|whsec_[A-Za-z0-9+/=]{24,}",
        "https://docs.stripe.com/keys",
    ),
    ("Google", r"AIza[A-Za-z0-9_-]{35}", "https://cloud.google.com/docs/authentication/api-keys"),
    (
        "Google OAuth",
        r"ya29\.[A-Za-z0-9_-]{20,}|GOCSPX-[A-Za-z0-9_-]{20,40}",
        "https://developers.google.com/identity/protocols/oauth2",
    ),
    (
        "JSON Web Token",
        r"eyJ[A-Za-z0-9_-]{8,}\.eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}",
        "https://www.rfc-editor.org/rfc/rfc7519",
    ),
    ("Ringfence", r"rf_[a-z2-7]{10}_[A-Za-z0-9_-]{43}", "docs/reference (this project's own keys)"),
    ("Hugging Face", r"hf_[A-Za-z0-9]{30,60}", "https://huggingface.co/docs/hub/security-tokens"),
    ("npm", r"npm_[A-Za-z0-9]{36}", "https://docs.npmjs.com/about-access-tokens"),
    ("Python package index", r"pypi-AgEI[A-Za-z0-9_-]{50,}", "https://docs.pypi.org/api/"),
    (
        "SendGrid",
        r"SG\.[A-Za-z0-9_-]{16,32}\.[A-Za-z0-9_-]{32,64}",
        "https://www.twilio.com/docs/sendgrid/ui/account-and-settings/api-keys",
    ),
    ("Twilio", r"SK[0-9a-f]{32}", "https://www.twilio.com/docs/iam/api-keys"),
    ("DigitalOcean", r"do[opr]_v1_[0-9a-f]{64}", "https://docs.digitalocean.com/reference/api/"),
    ("Shopify", r"shp(?:at|ca|pa|ss)_[0-9a-fA-F]{32}", "https://shopify.dev/docs/apps/auth"),
    ("Vault", r"hv[sbr]\.[A-Za-z0-9_-]{24,300}", "https://developer.hashicorp.com/vault/docs/concepts/tokens"),
    (
        "Groq, xAI, Replicate",
        r"gsk_[A-Za-z0-9]{40,}|xai-[A-Za-z0-9]{60,}|r8_[A-Za-z0-9]{37}",
        "https://console.groq.com/docs/quickstart",
    ),
)
_FIND = compiled("|".join(rf"(?:{pattern})" for _, pattern, _ in _SHAPES))
# What every issuer's prefix begins with, so that the first pass over a text stays small.
_PREFILTER = (
    r"sk-[A-Za-z0-9_-]{8}|A(?:KIA|SIA|BIA|CCA)[A-Z2-7]|gh[pousr]_[A-Za-z0-9]|github_pat_|gl[a-z]{2,4}-[A-Za-z0-9_]|xox[abeoprs]-|xapp-\d|"
    r"hooks\.slack\.com|[sr]k_(?:live|test)_|whsec_|AIza|ya29\.|GOCSPX-|eyJ[A-Za-z0-9_-]{8}|rf_[a-z2-7]{10}_|hf_[A-Za-z0-9]|npm_[A-Za-z0-9]|"
    r"pypi-AgEI|SG\.[A-Za-z0-9_-]|SK[0-9a-f]{8}|do[opr]_v1_|shp[a-z]{2}_|hv[sbr]\.|gsk_|xai-|r8_[A-Za-z0-9]"
)
_RANDOM_BITS = 2.8
"""Words joined by dashes (`sk-learn-contrib-...`) stay below this or have no digit; random keys are well above."""


def extract(text: str) -> Iterator[Hit]:
    for start, end in find(_FIND, text):
        value = text[start:end].rstrip("-_.")
        if start and (text[start - 1].isalnum() or text[start - 1] == "_"):
            continue
        if any(char.isdigit() for char in value) and entropy_bits(value) >= _RANDOM_BITS:
            yield Hit(start, start + len(value), "API_KEY", SHAPED)


DETECTOR = Detector(
    name="api_key",
    version=1,
    entities=("API_KEY",),
    says="Keys and tokens of known shape: " + ", ".join(name for name, _, _ in _SHAPES) + ".",
    source=" ".join(dict.fromkeys(source for _, _, source in _SHAPES)),
    prefilters=(_PREFILTER,),
    extract=extract,
    # Put together from pieces, so that secret scanners do not take this file for a leak.
    examples=(
        marked("key=«sk-" + "proj-Zk3vT9qLmX2bN8cR5dW1hY7p»", "API_KEY"),
        marked("«AKIA" + "Q3EGRIFX7ZLM2TCB»", "API_KEY"),
        marked("token «ghp" + "_a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8»!", "API_KEY"),
        marked("«sk_" + "live_4eC39HqLyjWDarjtT1zdp7dc»", "API_KEY"),
        marked("Bearer «eyJ" + "hbGciOiJIUzI1NiJ9.eyJ" + "zdWIiOiI0NDcxIn0.h5kP2xW9vQ_r7»", "API_KEY"),
        marked("«rf_" + "abcdefgh23_Qm5xT8rJk2LpWv7ZsYh4NdBg6CfAe9KuXo3RiEtDl1M»", "API_KEY"),
    ),
    counterexamples=(
        "sk-learn and task-force",
        "the sk-estimator-checks-for-all-pipelines",
        "ghp_short",
        "eyJ is base64",
        "AKIA",
    ),
)
