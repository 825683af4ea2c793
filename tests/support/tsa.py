"""A time-stamping authority of our own, RFC 3161, that can also do everything wrong. Real X.509, DER by hand."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

NOW = datetime(2027, 3, 1, 12, 0, 0, tzinfo=UTC)
SHA256 = "2.16.840.1.101.3.4.2.1"
TST_INFO = "1.2.840.113549.1.9.16.1.4"
GRANTED, WITH_MODS, REJECTION = 0, 1, 2


def der(tag: int, *parts: bytes) -> bytes:
    body = b"".join(parts)
    size = len(body)
    length = (
        bytes([size])
        if size < 128
        else bytes([0x80 | (size.bit_length() + 7) // 8]) + size.to_bytes((size.bit_length() + 7) // 8, "big")
    )
    return bytes([tag]) + length + body


def integer(value: int) -> bytes:
    return der(2, value.to_bytes(value.bit_length() // 8 + 1, "big"))


def oid(dotted: str) -> bytes:
    first, second, *rest = (int(part) for part in dotted.split("."))
    body = bytes([first * 40 + second])
    for number in rest:
        septets = [number & 0x7F]
        while number := number >> 7:
            septets.append(number & 0x7F | 0x80)
        body += bytes(reversed(septets))
    return der(6, body)


def algorithm(dotted: str) -> bytes:
    return der(0x30, oid(dotted))


def name(common: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common)])


@dataclass
class Authority:
    """A root, and under it the certificate that stamps. Defaults are sound; what a test sets is wrong."""

    root_name: str = "Test root"
    signer_name: str = "Test authority"
    purposes: tuple[x509.ObjectIdentifier, ...] | None = (ExtendedKeyUsageOID.TIME_STAMPING,)
    critical: bool = True
    not_before: datetime = NOW - timedelta(days=100)
    not_after: datetime = NOW + timedelta(days=100)
    root_key: Any = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))
    key: Any = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))

    def __post_init__(self) -> None:
        self.root = self._certificate(self.root_name, self.root_name, self.root_key, ca=True)
        self.certificate = self._certificate(self.signer_name, self.root_name, self.key, ca=False)

    @property
    def pem(self) -> bytes:
        return self.root.public_bytes(serialization.Encoding.PEM)

    def _certificate(self, subject: str, issuer: str, key: Any, *, ca: bool) -> x509.Certificate:
        builder = (
            x509.CertificateBuilder()
            .subject_name(name(subject))
            .issuer_name(name(issuer))
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(NOW - timedelta(days=3650) if ca else self.not_before)
            .not_valid_after(NOW + timedelta(days=3650) if ca else self.not_after)
            .add_extension(x509.BasicConstraints(ca=ca, path_length=None), critical=True)
        )
        if not ca and self.purposes is not None:
            builder = builder.add_extension(x509.ExtendedKeyUsage(self.purposes), critical=self.critical)
        return builder.sign(self.root_key, hashes.SHA256())

    def again(self) -> Authority:
        """Another certificate for the same key and name, by the same root."""
        return Authority(root_key=self.root_key, key=self.key)

    def stamp(
        self,
        imprint: bytes,
        nonce: int | None,
        *,
        at: datetime = NOW,
        status: int = GRANTED,
        named: x509.Certificate | None = None,
        carried: list[x509.Certificate] | None = None,
        named_with: str = "sha256",
    ) -> bytes:
        """The whole answer. `named` is the certificate that the signature names (signing-certificate attribute)."""
        if status == REJECTION:
            return der(0x30, der(0x30, integer(status)))
        info = der(
            0x30,
            integer(1),
            oid("1.2.3.4.1"),
            der(0x30, der(0x30, oid(SHA256), der(5)), der(4, imprint)),
            integer(7),
            der(0x18, at.strftime("%Y%m%d%H%M%SZ").encode()),
            integer(nonce) if nonce is not None else b"",
        )
        named_der = (named or self.certificate).public_bytes(serialization.Encoding.DER)
        digest = der(4, hashlib.new(named_with.replace("none", "sha256"), named_der).digest())
        v1 = named_with == "sha1"
        attributes = [
            der(0x30, oid("1.2.840.113549.1.9.3"), der(0x31, oid(TST_INFO))),
            der(0x30, oid("1.2.840.113549.1.9.4"), der(0x31, der(4, hashlib.sha256(info).digest()))),
            der(
                0x30,
                oid(f"1.2.840.113549.1.9.16.2.{12 if v1 else 47}"),
                der(0x31, der(0x30, der(0x30, der(0x30, digest)))),
            ),
        ]
        if named_with == "none":
            attributes.pop()
        body = b"".join(sorted(attributes))
        signature = self.key.sign(der(0x31, body), ec.ECDSA(hashes.SHA256()))
        signer = der(
            0x30,
            integer(1),
            der(0x30, self.certificate.issuer.public_bytes(), integer(self.certificate.serial_number)),
            algorithm(SHA256),
            der(0xA0, body),
            algorithm("1.2.840.10045.4.3.2"),
            der(4, signature),
        )
        carried = [self.certificate] if carried is None else carried
        signed = der(
            0x30,
            integer(3),
            der(0x31, algorithm(SHA256)),
            der(0x30, oid(TST_INFO), der(0xA0, der(4, info))),
            der(0xA0, *sorted(each.public_bytes(serialization.Encoding.DER) for each in carried)) if carried else b"",
            der(0x31, signer),
        )
        return der(0x30, der(0x30, integer(status)), der(0x30, oid("1.2.840.113549.1.7.2"), der(0xA0, signed)))
