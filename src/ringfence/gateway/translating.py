"""The way back of a translated request: the service's reply, edited in its own interface, as one of the client's."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import msgspec

from ringfence.dialects import Dialect, Reply, StreamEditor
from ringfence.dialects.translation import StreamTranslator, Translation
from ringfence.vocabulary.chat import CanonicalRequest
from ringfence.vocabulary.errors import UpstreamBroken, UpstreamError


class Translating(msgspec.Struct, frozen=True):
    """One reply to `request`. `dialect` is the client's, `model` the name that it sees: of the model that answers."""

    request: CanonicalRequest
    dialect: Dialect
    translation: Translation
    model: str

    def reply(self, status: int, edited: Reply) -> bytes:
        """A plain reply, or the error that the service sent. Raises UpstreamBroken where it can't be read."""
        if status < 400 and not edited.failed:
            return self.translation.reply(self.request, edited.body, self.model)
        said = _message(edited.body)
        message = f"The private model answered with an error ({status})" + (f": {said}" if said else ".")
        return self.dialect.error(max(status, 400), UpstreamError.code, message, UpstreamError.remedy)[1]

    def stream(self, editor: StreamEditor) -> StreamEditor:
        """For a streamed reply, which `editor` edits in the service's interface."""
        return _TranslatedStream(editor, self.translation.stream(self.request, self.model))


def _message(body: bytes) -> str:
    """What an error says, in OpenAI's shape or that of a common server, or "" where it has none of them."""
    with suppress(msgspec.DecodeError, UnicodeDecodeError):
        tree: Any = msgspec.json.decode(body)
        for name in ("error", "message", "detail"):
            if isinstance(tree, dict):
                tree = tree.get(name, tree)
        if isinstance(tree, str):
            return tree
    return ""


class _TranslatedStream:
    """See `dialects.base.StreamEditor`. What is recorded of the reply is what the service's own interface says."""

    def __init__(self, editor: StreamEditor, translator: StreamTranslator) -> None:
        self._editor, self._translator = editor, translator
        self._note()

    @property
    def finish(self) -> tuple[str, ...]:
        return self._editor.finish

    @property
    def truncated(self) -> bool:
        return self._editor.truncated

    def texts(self) -> tuple[str, ...]:
        return self._editor.texts()

    def feed(self, chunk: bytes) -> bytes:
        return self._turned(self._editor.feed(chunk))

    def end(self) -> bytes:
        return self._turned(self._editor.end())

    def error_event(self, message: str, code: str) -> bytes:
        held = b""
        with suppress(UpstreamBroken):
            held = self._translator.feed(self._editor.end())
        return held + self._translator.error_event(message, code)

    def _turned(self, edited: bytes) -> bytes:
        """INVARIANT: the client's stream is closed only where the service said that its own is whole."""
        self._note()
        turned = self._translator.feed(edited) if edited else b""
        return turned + self._translator.end() if self.finished and not self.failed else turned

    def _note(self) -> None:
        editor = self._editor
        self.finished, self.failed, self.model, self.usage = editor.finished, editor.failed, editor.model, editor.usage
