"""Anthropic's token counting: a Messages request that is counted instead of answered."""

from __future__ import annotations

from ringfence.dialects.base import Dialect
from ringfence.dialects.messages import Messages


class CountTokens(Messages):
    """See `base.Dialect` for the methods. The members are a part of those of Messages; the reply is one number."""

    name = "anthropic.count_tokens"
    endpoint = "count_tokens"
    routes: tuple[tuple[str, str], ...] = (("POST", "/v1/messages/count_tokens"),)
    source = "https://platform.claude.com/docs/en/api/messages-count-tokens"
    examples: tuple[bytes, ...] = (
        b'{"model":"m","messages":[{"role":"user","content":"Hello"}]}',
        b'{"model":"m","system":"Be brief.","messages":[{"role":"user","content":[{"type":"text","text":"What?"}]}],'
        b'"tools":[{"name":"f","input_schema":{"type":"object"}}]}',
    )


DIALECT: Dialect = CountTokens()
