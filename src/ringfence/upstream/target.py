"""Where one service is reached, with which credential and within which times; checked before anything is opened."""

from __future__ import annotations

import fnmatch
import ipaddress
import re
import ssl
from collections.abc import Mapping
from types import MappingProxyType
from urllib.parse import SplitResult, urlsplit

import msgspec

from ringfence.upstream.signer import Signer
from ringfence.vocabulary.errors import ConfigurationError

ENDPOINTS: Mapping[str, str] = MappingProxyType(
    {
        "chat_completions": "/chat/completions",
        "responses": "/responses",
        "embeddings": "/embeddings",
        "messages": "/messages",
        "count_tokens": "/messages/count_tokens",
    }
)
"""Where each interface stands below a base URL, unless the vendor says otherwise."""

# RFC 9110 section 5.6.2 (token) and section 5.5 (field value, without obs-text).
_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_VALUE = re.compile(r"[\x21-\x7e](?:[\x20-\x7e\t]*[\x21-\x7e])?")
_PATH = re.compile(r"(?:/[A-Za-z0-9._~-]+)*")

# What we write ourselves; a second copy from configuration would make two meanings of one request.
_OURS = frozenset(
    {"accept", "accept-encoding", "authorization", "connection", "content-length", "content-type", "cookie", "expect"}
    | {"host", "keep-alive", "te", "trailer", "transfer-encoding", "upgrade", "user-agent"}
)


class Target(msgspec.Struct, frozen=True, kw_only=True):
    """One service as configuration reaches it. Clients choose none of this.

    `base_url` is joined with the path of each request. `credential` is the secret itself, already resolved from its
    reference, and "" where the server wants none; it is sent as `auth_header: auth_prefix + credential`. A `signer`
    takes its place where one header for all requests won't do. `headers` are the operator's own, such as an
    organisation id. `paths` are where the service's interfaces stand below `base_url`.

    `connect_timeout_s` includes name lookup and TLS. `first_byte_timeout_s` runs from the request to the reply's
    status line and headers, `read_timeout_s` between two pieces of the reply, `reply_timeout_s` from the request to the
    reply's end, however steadily it comes. `idle_timeout_s` is how long an unused connection is kept: shorter than any
    server keeps it, so that a request seldom meets one that is just being closed; 0 keeps none.

    `covered_host` is the host that the register's documents are about, as a glob (`*.openai.azure.com`); a base URL
    elsewhere is refused, because coverage of one company's service says nothing about another's. "" is not checked.

    `unix_socket` is the path of a socket to use in place of TCP. `ca_pem` are certificates (PEM) to trust in place of
    the system's, for a private server. `allow_insecure_loopback` permits http, which works to this machine only.
    `missing` says why this service can't be used yet ("OPENAI_API_KEY is not set"), else "".
    """

    service_id: str
    base_url: str
    credential: str = ""
    auth_header: str = "authorization"
    auth_prefix: str = "Bearer "
    signer: Signer | None = None
    headers: tuple[tuple[str, str], ...] = ()
    paths: Mapping[str, str] = ENDPOINTS
    connect_timeout_s: float = 10.0
    first_byte_timeout_s: float = 300.0
    read_timeout_s: float = 120.0
    reply_timeout_s: float = 3600.0
    idle_timeout_s: float = 15.0
    covered_host: str = ""
    unix_socket: str | None = None
    ca_pem: str = ""
    allow_insecure_loopback: bool = False
    missing: str = ""

    def __repr__(self) -> str:
        """Without the credential, so that no log line or traceback holds it."""
        return f"Target(service_id={self.service_id!r}, base_url={self.base_url!r})"


class Address(msgspec.Struct, frozen=True):
    """A checked base URL. `loopback_only`: the peer must turn out to be this machine before a byte is written."""

    host: str
    port: int
    tls: bool
    authority: str
    path: str
    loopback_only: bool


def check(target: Target) -> Address:
    """The address of a target. Raises ConfigurationError, which never holds the credential."""
    try:
        url = urlsplit(target.base_url)
        port = url.port
    except ValueError as error:
        raise _refuse(target, f"base_url is not a URL: {error}") from None
    _check_url(target, url)
    _check_header(target, target.auth_header, target.auth_prefix + (target.credential or "x"), "api_key")
    for name, value in target.headers:
        if name.lower() in _OURS or name.lower() == target.auth_header.lower():
            raise _refuse(target, f"header {name} is written by Ringfence itself")
        _check_header(target, name, value, f"header {name}")
    tls = url.scheme == "https"
    host = url.hostname or ""
    default = 443 if tls else 80
    name = f"[{host}]" if ":" in host else host
    return Address(
        host=host,
        port=port or default,
        tls=tls,
        authority=name if port in (None, default) else f"{name}:{port}",
        path=url.path.rstrip("/"),
        loopback_only=not tls and target.unix_socket is None,
    )


def tls_context(ca_pem: str = "") -> ssl.SSLContext:
    """Certificate and host name are always verified, TLS 1.2 at least, HTTP/1.1 only.

    Built by hand rather than by `ssl.create_default_context`, which writes the session keys to the file that the
    environment names in SSLKEYLOGFILE. Raises ConfigurationError where `ca_pem` is not PEM.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.set_alpn_protocols(["http/1.1"])
    if not ca_pem:
        context.load_default_certs(ssl.Purpose.SERVER_AUTH)
        return context
    try:
        context.load_verify_locations(cadata=ca_pem)
    except (ssl.SSLError, ValueError):
        raise ConfigurationError("A private CA file holds no PEM certificate", remedy="Give a PEM file.") from None
    return context


def _check_url(target: Target, url: SplitResult) -> None:
    if url.scheme not in ("http", "https") or not url.hostname:
        raise _refuse(target, "base_url must start with https:// and name a host")
    if url.username is not None or url.password is not None:
        raise _refuse(target, "base_url holds a user name or password", "Put the credential into api_key.")
    if url.query or url.fragment or not _PATH.fullmatch(url.path.rstrip("/")) or "/.." in url.path:
        raise _refuse(target, "base_url must end with a plain path, without query or fragment")
    if not _VALUE.fullmatch(url.hostname) or " " in url.hostname:
        raise _refuse(target, "the host name in base_url must be ASCII (write it in its xn-- form)")
    if target.covered_host and not fnmatch.fnmatchcase(url.hostname, target.covered_host.lower()):
        raise _refuse(
            target,
            f"base_url is at {url.hostname}, but the register's documents are about {target.covered_host}",
            "Correct base_url, or put the service behind it into the register with documents of its own.",
        )
    if url.scheme == "http" and target.unix_socket is None:
        if not is_loopback_name(url.hostname):
            raise _refuse(target, "base_url is plain http to another machine", "Use https.")
        if not target.allow_insecure_loopback:
            raise _refuse(target, "base_url is plain http", "Use https, or allow http to this machine.")


def is_loopback_name(host: str) -> bool:
    """Whether a host in a URL names this machine. What it resolves to is checked again after connecting."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _check_header(target: Target, name: str, value: str, what: str) -> None:
    if not _NAME.fullmatch(name) or not _VALUE.fullmatch(value):
        raise _refuse(target, f"{what} holds a character that no HTTP header may hold", "Check for a line break.")


def _refuse(target: Target, what: str, remedy: str = "Correct it in ringfence.toml.") -> ConfigurationError:
    return ConfigurationError(f"Service {target.service_id}: {what}", remedy=remedy, where=target.service_id)
