"""Where the gateway listens."""

from __future__ import annotations

import socket

import pytest

from ringfence.gateway import address
from ringfence.vocabulary.errors import ConfigurationError
from support.gateway import free_port


def test_free_port_is_left_free() -> None:
    port = free_port()
    address.check("127.0.0.1", port)
    address.check("127.0.0.1", port)


@pytest.mark.parametrize("shared", [False, True])
def test_port_in_use(shared: bool) -> None:
    """Also one whose user would share it, as another gateway would."""
    with socket.socket() as other:
        if shared:
            other.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        other.bind(("127.0.0.1", 0))
        other.listen()
        with pytest.raises(ConfigurationError, match="is in use") as caught:
            address.check("127.0.0.1", other.getsockname()[1])
        assert "--port" in caught.value.remedy


@pytest.mark.parametrize("host", ["localhost", "256.1.1.1", "", "example.org", "127.0.0.1:80", "[::1]"])
def test_host_that_is_no_address(host: str) -> None:
    with pytest.raises(ConfigurationError, match="not an IP address") as caught:
        address.check(host, 80)
    assert "127.0.0.1" in caught.value.remedy


def test_address_of_another_machine() -> None:
    with pytest.raises(ConfigurationError, match="can't listen"):
        address.check("192.0.2.1", free_port())


@pytest.mark.parametrize(
    ("host", "url"),
    [
        ("127.0.0.1", "http://127.0.0.1:84"),
        ("10.0.0.5", "http://10.0.0.5:84"),
        ("0.0.0.0", "http://127.0.0.1:84"),
        ("::", "http://[::1]:84"),
        ("::1", "http://[::1]:84"),
    ],
)
def test_url_for_a_client_here(host: str, url: str) -> None:
    assert address.url(host, 84) == url
