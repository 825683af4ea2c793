"""The register folder that `ringfence init` writes: commented examples, none of which counts."""

from __future__ import annotations

_README = """\
# Register

What your organisation has on paper, and which services it uses. Keep this folder in git: each change has an author.

* `services/` your own and private services, and overrides of the shipped ones
* `documents/` one agreement, report or approval each (`ringfence register add` writes them)
* `terms/` your own reading of a vendor's terms, where you do not rely on the shipped one
* `requirements.toml` what you relax of house policy, by whom and until when

The papers themselves stay where they are: a document here holds their SHA-256.
`ringfence register check` names what is wrong, `ringfence register list` what counts today.
The files that end in `example.toml` are comments from first to last line, so nothing in them counts.
"""

_SERVICE = """\
# A private service on a rented machine. Remove the `# ` at the start of the lines to use it.
# vendor = "private"
# title = "private models"
#
# [[services]]
# id = "private/llama"
# title = "Llama 3.1 8B on our rented GPU"
# host = "llm.internal.example.org"
# endpoints = ["chat_completions"]
# models = ["llama-3.1-8b-instruct"]
# modalities = ["text"]
# private = true
# own_host = false    # true only where no other company runs the machine; false needs the host's BAA for PHI
"""

_DOCUMENT = """\
# A BAA with a vendor. Remove the `# ` at the start of the lines, and replace every value by what the paper says.
# kind = "baa"
# id = "baa-openai-2026"
# subject = "openai"    # the vendor's id, or the host of a private service
#
# [[parties]]
# name = "<your organisation, as the agreement writes it>"
# role = "covered_entity"
#
# [[parties]]
# name = "<the vendor, as the agreement writes it>"
# role = "business_associate"
#
# [dates]
# effective_on = 2026-01-01
# ends_on = 2026-12-31    # or: ends_with = "<id of the agreement it ends with>", or: until_terminated = true
#
# [scope]
# services = ["openai/chat-completions"]
# labels = ["phi", "personal"]
#
# [limits]
# ai = "silent"    # permitted, forbidden or silent
# offshore = "silent"
# deidentification = "silent"
# subcontractors = "permitted"
# flow_down = true
# notice_hours = 72
#
# [file]
# sha256 = "<sha256sum of the file>"
# source_url = "<where the file is kept>"
#
# [review]
# reviewed_by = "<who read it>"
# reviewed_on = 2026-01-05
# expires_on = 2026-12-31
"""

_REQUIREMENTS = """\
# What you relax of Ringfence's house policy. What rests on law or on a standard can't be relaxed.
# Remove the `# ` at the start of the lines to use it.
# [[relax]]
# need = "phi-zdr"
# because = "<why PHI may go where data is kept>"
# approved_by = "<who decided>"
# approved_on = 2026-01-05
# expires_on = 2026-12-31
"""


def scaffold() -> dict[str, str]:
    """Relative path -> text of a new register folder."""
    return {
        "README.md": _README,
        "services/example.toml": _SERVICE,
        "documents/example.toml": _DOCUMENT,
        "requirements.toml": _REQUIREMENTS,
    }
