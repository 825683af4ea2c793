"""E-mail (RFC 5322, MIME): headers, bodies, attachments, messages in messages."""

from __future__ import annotations

import base64
import binascii
import email.header
import email.message
import email.parser
import email.policy
import quopri
import re

from ringfence.extract.format import File, Format
from ringfence.extract.formats import text as plain
from ringfence.extract.output import Out

_HEADER = re.compile(r"[A-Za-z][A-Za-z0-9-]{0,60}:")
_TELLTALE = re.compile(
    r"(?im)^(?:from|to|cc|subject|date|message-id|received|mime-version|return-path|delivered-to|reply-to):[ \t]?"
)
# The parser of the standard library recurses at each multipart, and asks each open one of every line.
_MAX_MULTIPARTS = 300
_FROM_LINE = re.compile(rb"(?m)^From [^\r\n]*\r?\n(?=[A-Za-z][A-Za-z0-9-]{0,60}:)")
_ENCRYPTED = ("application/pkcs7-mime", "application/x-pkcs7-mime", "multipart/encrypted", "application/pgp-encrypted")
_SAID_IN_TYPE = ("content-type", "content-disposition")


def read(file: File, out: Out) -> None:
    """One message, or the messages of a mailbox file (RFC 4155)."""
    if not file.data.startswith(b"From "):
        _read_one(file, out)
        return
    for number, part in enumerate(_FROM_LINE.split(file.data)[1:], 1):
        out.ledger.part()
        _read_one(File(part), out.within(f"message {number}"))


def _read_one(file: File, out: Out) -> None:
    if file.data.lower().count(b"content-type: multipart/") > _MAX_MULTIPARTS:
        out.reason(f"more than {_MAX_MULTIPARTS} multiparts: it was read as plain text. Split the message")
        plain.put(file.text(out), out)
        return
    parser = email.parser.BytesParser(policy=email.policy.compat32)
    try:
        message = parser.parsebytes(file.data)
    except RecursionError:
        out.reason("nested too deeply: it was read as plain text. Split the message")
        plain.put(file.text(out), out)
        return
    _read_message(message, out, [0])


def _read_message(message: email.message.Message, out: Out, count: list[int]) -> None:
    """A message and all that is in it. `count` numbers the attachments."""
    for name, value in message.items():
        out.add(f"header {name}", _decoded(value), name)
    for part in _leaves(message):
        if part is not message:
            _read_part_headers(part, out)
        media_type = part.get_content_type()
        if media_type in _ENCRYPTED:
            out.reason("encrypted: not read. Decrypt it first")
        if part.get_content_maintype() == "message" and part.is_multipart():
            count[0] += 1
            inside = out.within(f"attached message {count[0]}")
            inside.ledger.part()
            for inner in _parts(part):
                _read_message(inner, inside, count)
            continue
        _read_leaf(part, media_type, out, count)
    for text in (message.preamble, message.epilogue):
        out.add("outside of the parts", text or "")


def _leaves(message: email.message.Message) -> list[email.message.Message]:
    """The parts that are no multipart, with each multipart's own preamble left to it; no message is entered."""
    found, pending = [], [message]
    while pending:
        part = pending.pop()
        if part.get_content_maintype() == "multipart" and part.is_multipart():
            pending.extend(reversed(_parts(part)))
        else:
            found.append(part)
    return found


def _parts(part: email.message.Message) -> list[email.message.Message]:
    payload = part.get_payload()
    return [inner for inner in payload if isinstance(inner, email.message.Message)] if isinstance(payload, list) else []


def _read_part_headers(part: email.message.Message, out: Out) -> None:
    for name, value in part.items():
        if name.lower() not in ("content-transfer-encoding", "mime-version"):
            out.add(f"header {name} of a part", _decoded(value), name)


def _read_leaf(part: email.message.Message, media_type: str, out: Out, count: list[int]) -> None:
    name = _decoded(part.get_filename() or "")
    data, whole = _payload(part)
    out.ledger.unpacked(len(data))
    said = str(part.get("content-type", media_type))
    charset = part.get_param("charset", "") if "content-type" in part else ""
    said_type = f"{media_type}; charset={charset}" if isinstance(charset, str) and charset else media_type
    attached = bool(name) or part.get_content_disposition() == "attachment" or not said.lower().startswith("text/")
    if not attached and media_type == "text/plain":
        if not whole:
            out.reason("a part's transfer encoding is broken: it may not be read whole. Send the message anew")
        text = File(data, "", said_type).text(out)
        plain.put(text, out, "body")
        return
    if not attached:
        out.within("body").file(data, "", said_type)
        return
    count[0] += 1
    out.add(f"name of attachment {count[0]}", name)
    inside = out.within(f"attachment {name}" if name else f"attachment {count[0]}", f"attachment {count[0]}")
    if not whole:
        inside.reason("its transfer encoding is broken: it may not be read whole. Send the message anew")
    inside.file(data, name, said_type)


def _payload(part: email.message.Message) -> tuple[bytes, bool]:
    """The bytes of a part, and whether its transfer encoding was in order."""
    payload = part.get_payload()
    if not isinstance(payload, str):
        return b"", not payload
    raw = payload.encode("utf-8", "surrogateescape")
    encoding = str(part.get("content-transfer-encoding", "")).strip().lower()
    if encoding == "base64":
        letters = re.sub(rb"[^A-Za-z0-9+/]", b"", raw)
        whole = len(letters) % 4 != 1 and not re.search(rb"[^A-Za-z0-9+/=\s]", raw)
        letters = letters[: len(letters) - 1] if len(letters) % 4 == 1 else letters
        return base64.b64decode(letters + b"=" * (-len(letters) % 4)), whole
    if encoding == "quoted-printable":
        return quopri.decodestring(raw), True
    if encoding in ("x-uuencode", "uuencode", "uue", "x-uue"):
        return _uudecoded(raw)
    return raw, True


def _uudecoded(raw: bytes) -> tuple[bytes, bool]:
    made = []
    for line in raw.splitlines():
        if line.startswith((b"begin ", b"end")) or not line:
            continue
        try:
            made.append(binascii.a2b_uu(line))
        except binascii.Error:
            return raw, False
    return b"".join(made), True


def _decoded(value: object) -> str:
    """A header as a person reads it: encoded words decoded, folds undone."""
    text = str(value)
    if "=?" in text:
        try:
            text = str(email.header.make_header(email.header.decode_header(text)))
        except (ValueError, LookupError, UnicodeError):
            return text
    return re.sub(r"\r?\n[ \t]*", " ", text).encode("utf-8", "surrogateescape").decode("utf-8", "replace")


def _recognise(file: File) -> bool:
    """It begins with a header, and has two of the headers of mail before the first blank line."""
    if _FROM_LINE.match(file.data[:1024]):
        return True
    if not _HEADER.match(file.head):
        return False
    headers = re.split(r"\r?\n\r?\n", file.head, maxsplit=1)[0]
    return len(_TELLTALE.findall(headers)) >= 2 and all(
        _HEADER.match(line) or line[:1] in (" ", "\t") for line in headers.splitlines() if line.strip()
    )


FORMAT = Format(
    kind="email",
    certainty=28,
    recognise=_recognise,
    read=read,
    reads="single messages and mailbox files: all headers, plain and HTML bodies, attachments as the files that they "
    "are, messages in messages, text before and after the parts",
    leaves="encrypted parts: PARTIAL",
    source="https://www.rfc-editor.org/rfc/rfc5322, https://www.rfc-editor.org/rfc/rfc2045",
    suffixes=(".eml", ".mht", ".mhtml", ".mbox"),
    media_types=("message/rfc822", "application/mbox", "multipart/related"),
)
