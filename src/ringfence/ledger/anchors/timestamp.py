"""Timestamps of a checkpoint's text by an authority, RFC 3161 over HTTP (section 3.4).

What is stamped is the SHA-256 of the checkpoint's text, its three signed lines, and not of the note: the root fixes
every record, and lines that witnesses add to the note later change nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import msgspec
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from rfc3161_client import (
    HashAlgorithm,
    TimestampRequestBuilder,
    TimeStampResponse,
    VerificationError,
    VerifierBuilder,
    decode_timestamp_response,
)

from ringfence.ledger.anchors.anchor import Http
from ringfence.ledger.anchors.der import names_certificate
from ringfence.vocabulary.errors import AnchorError, AnchorUntrusted

MOST_BYTES = 65_536
"""Of one answer: a token with its chain of certificates has under 10,000."""
_GRANTED = 0
_STATUS = {
    1: "granted with changes",
    2: "rejected",
    3: "not made yet",
    4: "about to be revoked",
    5: "revoked",
}  # RFC 3161 section 2.4.2
_BY_OPENSSL, _UNTRUSTED = "Error while verifying certificates", "certificate verify error"
_HEADERS = {"content-type": "application/timestamp-query", "accept": "application/timestamp-reply"}


class Stamp(msgspec.Struct, frozen=True):
    """What an authority vouches for: the time (UTC), and its name as its certificate has it."""

    time: datetime
    by: str


def fetch(http: Http, url: str, text: bytes, roots: Sequence[x509.Certificate]) -> tuple[bytes, Stamp]:
    """Have the authority at `url` stamp `text`. Returns its whole answer, which alone is proof, and what it says.

    Raises AnchorError where no answer came, or one that is no valid timestamp of just this request (nonce) under
    `roots`.
    """
    request = TimestampRequestBuilder(data=text, hash_algorithm=HashAlgorithm.SHA256).build()
    reply = http("POST", url, request.as_bytes(), _HEADERS)
    kind = reply.headers.get("content-type", "").partition(";")[0].strip().lower()
    if reply.status != 200 or kind != _HEADERS["accept"]:
        raise AnchorError(f"The time-stamping authority answered with status {reply.status} and no timestamp.")
    return reply.body, check(reply.body, text, roots, nonce=request.nonce)


def check(answer: bytes, text: bytes, roots: Sequence[x509.Certificate], nonce: int | None = None) -> Stamp:
    """What `answer` proves of `text`, from these bytes alone:

    1. it was granted as asked, not with changes;
    2. the signature over it holds, by a certificate whose chain ends in one of `roots` and which was valid then;
    3. that certificate may stamp times, and nothing else (RFC 3161 section 2.3), and the signature names it;
    4. it stamps the digest of `text`, and repeats `nonce` where one is given.

    Whether a certificate was revoked is not looked up. Raises AnchorError; AnchorUntrusted where it may be sound,
    but not by whom is trusted here.
    """
    response = _decode(answer)
    if response.status != _GRANTED:
        raise AnchorError(f"The timestamp was {_STATUS.get(response.status, 'refused')}, not granted.")
    if not roots:
        raise AnchorError("No root certificate of a time-stamping authority is trusted.")
    verifier = VerifierBuilder(roots=list(dict.fromkeys(roots)), nonce=nonce).build()
    try:
        verifier.verify_message(response, text)
        signer = _signer(response)
        named = names_certificate(response.time_stamp_token(), signer.public_bytes(Encoding.DER))
    except (VerificationError, ValueError, TypeError, IndexError, StopIteration) as error:
        if _UNTRUSTED in str(error):
            raise AnchorUntrusted(
                "The timestamp's certificate was not valid for it under the roots that are trusted here."
            ) from None
        raise AnchorError(f"The timestamp is not valid: {_plain(error)}.") from None
    if not named:
        raise AnchorError("The timestamp is not valid: it was not signed in the name of the certificate it carries.")
    return Stamp(response.tst_info.gen_time, signer.subject.rfc4514_string())


def _decode(answer: bytes) -> TimeStampResponse:
    if len(answer) > MOST_BYTES:
        raise AnchorError(f"The timestamp is longer than {MOST_BYTES} bytes.")
    try:
        return decode_timestamp_response(answer)
    except ValueError:
        raise AnchorError("The answer is no timestamp of RFC 3161.") from None


def _signer(response: TimeStampResponse) -> x509.Certificate:
    """The certificate, among those that came along, of the one signature."""
    [signer] = response.signed_data.signer_infos
    for der in response.signed_data.certificates:
        certificate = x509.load_der_x509_certificate(der)
        if (certificate.issuer, certificate.serial_number) == (signer.issuer, signer.serial_number):
            return certificate
    raise ValueError("its certificate did not come with it")


def _plain(error: Exception) -> str:
    """The library's own reason in one short line, but for OpenSSL's, which only its makers can read."""
    text = str(error)
    if text.startswith(_BY_OPENSSL):
        return "its signature does not hold"
    return " ".join(text.split())[:200].rstrip(".") or type(error).__name__
