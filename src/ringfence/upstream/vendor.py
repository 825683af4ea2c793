"""What one kind of service needs to be reached: its address, its header for the credential, its path."""

from __future__ import annotations

import msgspec

from ringfence.upstream.target import Target
from ringfence.vocabulary.errors import ConfigurationError


class Vendor(msgspec.Struct, frozen=True, kw_only=True):
    """`name` is the vendor's id in the register, `service` the id of the service there that this is about.

    `base_url` is "" where each customer has an address of its own. `chat_path` is joined to the base URL; "" means that
    Ringfence can't reach this service yet, and `note` says why. `credential_env` is the variable where the vendor's own
    SDK looks for the key, "" where there is none. `source` is the page that says all this.
    """

    name: str
    service: str
    title: str
    base_url: str
    chat_path: str
    credential_env: str
    source: str
    auth_header: str = "authorization"
    auth_prefix: str = "Bearer "
    note: str = ""

    def why_not(self, base_url: str = "", credential: str = "") -> str:
        """Why the service can't be reached with what is configured, in a plain sentence, else ""."""
        if not self.chat_path:
            return f"Ringfence can't reach it yet: {self.note}"
        if not (base_url or self.base_url):
            return "each customer has an address of its own, and base_url is not set"
        if self.credential_env and not credential:
            return f"no key is configured ({self.credential_env} is not set)"
        return ""

    def target(
        self,
        service_id: str,
        credential: str,
        *,
        base_url: str = "",
        covered_host: str = "",
        allow_insecure_loopback: bool = False,
        connect_timeout_s: float = 10.0,
        first_byte_timeout_s: float = 300.0,
        read_timeout_s: float = 120.0,
    ) -> Target:
        """How to reach one service of this kind. Raises ConfigurationError where `why_not` has a reason beside the key;
        without a key the target is there, but says itself that it can't be used."""
        why = self.why_not(base_url, credential)
        if why and not (self.chat_path and (base_url or self.base_url)):
            raise ConfigurationError(f"Service {service_id} can't be used: {why}", remedy=self.note, where=service_id)
        return Target(
            service_id=service_id,
            base_url=base_url or self.base_url,
            credential=credential,
            auth_header=self.auth_header,
            auth_prefix=self.auth_prefix,
            missing=why,
            covered_host=covered_host,
            allow_insecure_loopback=allow_insecure_loopback,
            connect_timeout_s=connect_timeout_s,
            first_byte_timeout_s=first_byte_timeout_s,
            read_timeout_s=read_timeout_s,
        )
