"""Certificates and host names are verified, whatever the environment says."""

from __future__ import annotations

import datetime
import ipaddress
import ssl
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from scripted_service import ScriptedService, reply

from ringfence.upstream import Target, Upstreams
from ringfence.upstream.target import tls_context
from ringfence.vocabulary.errors import ConfigurationError, UpstreamUnavailable

CHAT = "/chat/completions"
BEGIN = datetime.datetime(2020, 1, 1, tzinfo=datetime.UTC)
END = datetime.datetime(2120, 1, 1, tzinfo=datetime.UTC)


class Authority:
    """A certificate authority of this test, and certificates from it."""

    def __init__(self) -> None:
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "test authority")])
        self.certificate = (
            self._builder(self._name, self._key.public_key())
            .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
            .sign(self._key, hashes.SHA256())
        )

    @property
    def pem(self) -> str:
        return self.certificate.public_bytes(serialization.Encoding.PEM).decode()

    def server(self, folder: Path, address: str, until: datetime.datetime = END) -> ssl.SSLContext:
        key = ec.generate_private_key(ec.SECP256R1())
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "test service")])
        names = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address(address))])
        certificate = (
            self._builder(subject, key.public_key(), until)
            .add_extension(names, critical=False)
            .sign(self._key, hashes.SHA256())
        )
        file = folder / f"{address}-{until.year}.pem"
        file.write_bytes(
            certificate.public_bytes(serialization.Encoding.PEM)
            + key.private_bytes(
                serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
            )
        )
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(file)
        return context

    def _builder(self, subject: x509.Name, key: object, until: datetime.datetime = END) -> x509.CertificateBuilder:
        return x509.CertificateBuilder(
            issuer_name=self._name,
            subject_name=subject,
            public_key=key,
            serial_number=x509.random_serial_number(),
            not_valid_before=BEGIN,
            not_valid_after=until,
        )


@pytest.fixture(scope="module")
def authority() -> Authority:
    return Authority()


async def ask(port: int, ca_pem: str, host: str = "127.0.0.1") -> bytes:
    target = Target(service_id="vendor", base_url=f"https://{host}:{port}/v1", ca_pem=ca_pem, connect_timeout_s=0.5)
    upstreams = Upstreams([target])
    await upstreams.open()
    try:
        async with upstreams.send("vendor", CHAT, b'{"prompt":"ZEBRA-MARK"}') as answer:
            return await answer.read(100)
    finally:
        await upstreams.close()


async def test_a_trusted_service_is_spoken_to(authority: Authority, tmp_path: Path) -> None:
    async with ScriptedService(tls=authority.server(tmp_path, "127.0.0.1")) as service:
        service.answers(CHAT, reply(b"{}"))
        assert await ask(service.port, authority.pem) == b"{}"


@pytest.mark.parametrize("trust", ["another authority", "the system's"])
async def test_an_unknown_authority(authority: Authority, tmp_path: Path, trust: str) -> None:
    async with ScriptedService(tls=authority.server(tmp_path, "127.0.0.1")) as service:
        with pytest.raises(UpstreamUnavailable, match="certificate is not valid"):
            await ask(service.port, Authority().pem if trust == "another authority" else "")
        assert service.seen == []


async def test_a_certificate_for_another_name(authority: Authority, tmp_path: Path) -> None:
    async with ScriptedService(tls=authority.server(tmp_path, "127.0.0.9")) as service:
        with pytest.raises(UpstreamUnavailable, match="certificate is not valid"):
            await ask(service.port, authority.pem)
        assert service.seen == []


async def test_an_expired_certificate(authority: Authority, tmp_path: Path) -> None:
    expired = authority.server(tmp_path, "127.0.0.1", until=BEGIN + datetime.timedelta(days=1))
    async with ScriptedService(tls=expired) as service:
        with pytest.raises(UpstreamUnavailable, match="certificate is not valid"):
            await ask(service.port, authority.pem)
        assert service.seen == []


async def test_tls_to_a_service_that_speaks_plain_http() -> None:
    async with ScriptedService() as service:
        with pytest.raises(UpstreamUnavailable):
            await ask(service.port, "")
        assert service.seen == []


async def test_an_old_tls_version_is_refused(authority: Authority, tmp_path: Path) -> None:
    context = authority.server(tmp_path, "127.0.0.1")
    context.set_ciphers("ALL:@SECLEVEL=0")
    with pytest.warns(DeprecationWarning):
        context.minimum_version = ssl.TLSVersion.TLSv1
        context.maximum_version = ssl.TLSVersion.TLSv1_1
    async with ScriptedService(tls=context) as service:
        with pytest.raises(UpstreamUnavailable, match=r"TLS failed|closed the connection"):
            await ask(service.port, authority.pem)
    assert tls_context().minimum_version == ssl.TLSVersion.TLSv1_2


async def test_session_keys_are_not_written_where_the_environment_says(
    authority: Authority, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSLKEYLOGFILE", str(tmp_path / "keys"))
    async with ScriptedService(tls=authority.server(tmp_path, "127.0.0.1")) as service:
        service.answers(CHAT, reply(b"{}"))
        assert await ask(service.port, authority.pem) == b"{}"
    assert not (tmp_path / "keys").exists()


def test_a_ca_that_is_not_pem() -> None:
    with pytest.raises(ConfigurationError, match="no PEM certificate"):
        tls_context("not a certificate")
