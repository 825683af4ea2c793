"""Our signatures are AWS's: its published vectors, and botocore on many random requests."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta, timezone

import pytest

from ringfence.upstream.sigv4 import SigV4
from support.needs import need_package

NOW = datetime(2015, 8, 30, 12, 36, tzinfo=UTC)
KEY = ("AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY")
TOKEN = (
    "AQoDYXdzEPT//////////wEXAMPLEtc764bNrC9SAPBSM22wDOk4x4HIZ8j4FZTwdQWLWsKWHGBuFqwAeMicRXmxfpSPfIeoIYRqTflfKD8Y"
    "UuwthAx7mSEI/qkPpKPi/kMcGdQrmGdeehM4IC1NtBmUpp2wUE8phUZampKsburEDy0KPkyQDYwT7WZ0wq5VSXDvp75YU9HFvlRd8Tx6q6fE"
    "8YQcHNVXAkiY9q6d+xo0rKwT38xVqr7ZD0u0iPPkUL64lIZbqBAz+scqKmlzm8FDrypNC9Yjc8fPOLn9FX9KSYvKTr4rvx3iSIlTJabIQwj2"
    "ICCR/oLxBA=="
)


def signature(headers: tuple[tuple[str, str], ...]) -> str:
    return dict(headers)["authorization"].rpartition("Signature=")[2]


def signer(token: str = "", region: str = "us-east-1", service: str = "service") -> SigV4:
    return SigV4(*KEY, token, region=region, service=service)


# aws-sig-v4-test-suite of https://docs.aws.amazon.com/general/latest/gr/signature-v4-test-suite.html
@pytest.mark.parametrize(
    ("method", "path", "expected"),
    [
        ("GET", "/", "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31"),
        ("POST", "/", "5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b"),
        ("GET", "/ሴ", "8318018e0b0f223aa2bbf98705b62bb787dc9c0e678f255a891fd03141be5d85"),
        ("GET", "/example space/", "652487583200325589f1fba4c7e578f72c47cb61beeca81406b39ddec1366741"),
    ],
)
def test_published_vectors(method: str, path: str, expected: str) -> None:
    assert signature(signer().headers(method, "example.amazonaws.com", path, b"", NOW)) == expected


def test_the_parts_of_the_header() -> None:
    headers = signer(TOKEN).headers("POST", "example.amazonaws.com", "/", b"", NOW)
    assert headers[:2] == (("x-amz-date", "20150830T123600Z"), ("x-amz-security-token", TOKEN))
    proof = dict(headers)["authorization"]
    assert proof.startswith(
        "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, "
        "SignedHeaders=host;x-amz-date;x-amz-security-token, Signature="
    )


def test_the_time_is_told_in_utc_whatever_the_zone() -> None:
    there = NOW.astimezone(timezone(timedelta(hours=-9)))
    assert signer().headers("POST", "h", "/", b"", there) == signer().headers("POST", "h", "/", b"", NOW)


@pytest.mark.parametrize("what", ["method", "host", "path", "body", "region", "service", "time", "token"])
def test_everything_is_signed(what: str) -> None:
    one = signature(signer().headers("POST", "h", "/v1/chat", b"{}", NOW))
    other = {
        "method": lambda: signer().headers("GET", "h", "/v1/chat", b"{}", NOW),
        "host": lambda: signer().headers("POST", "i", "/v1/chat", b"{}", NOW),
        "path": lambda: signer().headers("POST", "h", "/v1/chats", b"{}", NOW),
        "body": lambda: signer().headers("POST", "h", "/v1/chat", b"{ }", NOW),
        "region": lambda: signer(region="us-west-2").headers("POST", "h", "/v1/chat", b"{}", NOW),
        "service": lambda: signer(service="bedrock").headers("POST", "h", "/v1/chat", b"{}", NOW),
        "time": lambda: signer().headers("POST", "h", "/v1/chat", b"{}", NOW + timedelta(seconds=1)),
        "token": lambda: signer("t").headers("POST", "h", "/v1/chat", b"{}", NOW),
    }[what]()
    assert signature(other) != one


def test_no_secret_is_shown() -> None:
    shown = repr(signer(TOKEN))
    assert KEY[1] not in shown and TOKEN not in shown and KEY[0] not in shown
    assert not hasattr(signer(), "__dict__")


def test_the_same_as_botocore(scale: int) -> None:
    need_package("botocore")
    from botocore.auth import SigV4Auth
    from botocore.awsrequest import AWSRequest
    from botocore.credentials import Credentials

    source = random.Random(4)
    letters = "abcXYZ019-_.~"
    for _ in range(500 * scale):
        word = lambda n: "".join(source.choices(letters, k=source.randint(1, n)))  # noqa: E731
        key_id, secret, token = word(20), word(40) + "/+=", source.choice(["", word(200) + "/+=="])
        region, service = source.choice(["us-east-1", "eu-central-2", "us-gov-west-1"]), word(12)
        host = f"{word(10).strip('.~_-') or 'h'}.amazonaws.com"
        segments = [source.choice([word(12), f"{word(4)}%3A{word(4)}", f"{word(3)}%2F"]) for _ in range(4)]
        path = "/" + "/".join(segment for segment in segments if segment not in (".", ".."))
        body = source.randbytes(source.randrange(2000))
        now = NOW + timedelta(seconds=source.randrange(10**9))
        request = AWSRequest("POST", f"https://{host}{path}", headers={"host": host}, data=body)
        request.context["timestamp"] = now.strftime("%Y%m%dT%H%M%SZ")
        auth = SigV4Auth(Credentials(key_id, secret, token or None), service, region)
        request.headers["X-Amz-Date"] = request.context["timestamp"]
        if token:
            request.headers["X-Amz-Security-Token"] = token
        theirs = auth.signature(auth.string_to_sign(request, auth.canonical_request(request)), request)
        ours = SigV4(key_id, secret, token, region=region, service=service).headers("POST", host, path, body, now)
        assert signature(ours) == theirs, path
        request.headers["Authorization"] = ""
        assert dict(ours)["authorization"].split("SignedHeaders=")[1].split(",")[0] == auth.signed_headers(
            auth.headers_to_sign(request)
        ).replace("authorization;", "")
