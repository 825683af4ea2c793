"""OpenAI Responses: which strings of a reply are text, and which of them hold JSON."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ringfence.dialects.replies import MAX_DEPTH, name_of
from ringfence.vocabulary.errors import UpstreamBroken

Edit = Callable[[str, str, bool], str]
"""(name of the member, its string, whether the string is itself JSON text) -> the string for the client."""

IDS = frozenset({"id", "call_id", "item_id", "approval_request_id", "container_id"})
"""Names that the service made up. It finds them again in the next request, so they stay as they are."""

# Words of the interface; images, ciphertext and counts; single tokens, which never hold a whole stand-in.
_OPAQUE = frozenset(
    {
        *("type", "object", "role", "status", "phase"),
        *("encrypted_content", "fingerprint", "partial_image_b64", "usage", "svg_usage", "logprobs", "obfuscation"),
    }
)
_OPAQUE_OF = frozenset({("image_generation_call", "result"), ("response.audio.delta", "delta")})

# Members of a response that are the service's own words. The others repeat what the request said.
_SAID = frozenset({"output", "error", "incomplete_details"})

JSON_MEMBERS = frozenset({"arguments"})
"""Members whose string is itself JSON text."""

_ANSWERS = frozenset({"output_text", "response.output_text.done"})


def edit_texts(
    place: dict[str, Any] | list[Any], edit: Edit, *, json_reply: bool, name: str = "", depth: int = 0
) -> bool:
    """Replace each text below `place`. True if any changed. Raises UpstreamBroken below MAX_DEPTH levels.

    `json_reply`: the answer was asked for as JSON. A message that only comments on the way to it is none.
    """
    if depth > MAX_DEPTH:
        raise UpstreamBroken(f"The service sent a reply that nests deeper than {MAX_DEPTH} levels", where="reply")
    kind = ""
    if isinstance(place, dict):
        kind = name_of(place.get("type"))
        json_reply = json_reply and place.get("phase") != "commentary"
    changed = False
    # Values are replaced under keys that stay, which both kinds allow while they are walked.
    places: Any = place
    for key, value in place.items() if isinstance(place, dict) else enumerate(place):
        member = key if isinstance(key, str) else name
        if member in _OPAQUE or (kind, member) in _OPAQUE_OF:
            continue
        if type(value) is str and value:
            is_answer = json_reply and member == "text" and kind in _ANSWERS
            new = edit(member, value, is_answer or member in JSON_MEMBERS)
            if new != value:
                places[key] = new
                changed = True
        elif type(value) is dict or type(value) is list:
            changed |= edit_texts(value, edit, json_reply=json_reply, name=member, depth=depth + 1)
    return changed


def edit_response(response: dict[str, Any], said: Edit, repeated: Edit, *, json_reply: bool) -> bool:
    """Replace each text of a whole response: the service's own words by `said`, the others by `repeated`."""
    changed = False
    for member, value in response.items():
        alone = {member: value}
        if edit_texts(alone, said if member in _SAID else repeated, json_reply=json_reply):
            response[member] = alone[member]
            changed = True
    return changed


def finish_of(response: dict[str, Any]) -> str:
    """Why the response ended: its status, or what left it incomplete or made it fail. "" if it doesn't say."""
    status = name_of(response.get("status"))
    why = response.get("incomplete_details" if status == "incomplete" else "error")
    if status in ("incomplete", "failed") and isinstance(why, dict):
        return name_of(why.get("reason") or why.get("code")) or status
    return status
