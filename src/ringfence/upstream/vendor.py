"""What one kind of service needs to be reached: its address, its paths, its header for the credential."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import msgspec

from ringfence.upstream.signer import Signer
from ringfence.upstream.target import ENDPOINTS, Target
from ringfence.vocabulary.errors import ConfigurationError


def usual(*endpoints: str) -> dict[str, str]:
    """The paths of these interfaces where they stand at OpenAI and Anthropic, below a base URL that ends in /v1."""
    return {endpoint: ENDPOINTS[endpoint] for endpoint in endpoints}


class Vendor(msgspec.Struct, frozen=True, kw_only=True):
    """`name` is the vendor's id in the register, `service` the id of the service there that this is about.

    `base_url` is "" where each customer has an address of its own. `paths` are joined to the base URL, by interface
    (`Target.paths`); none means that Ringfence can't reach this service yet, and `note` says why. `source` is the page
    that says all this.

    `credential_env` is the variable where the vendor's own SDK looks for the key, "" where there is none.
    `signing_env` are the variables of a signing key: two that belong together and then any that may be absent; their
    values become one credential, a line each. `sign` makes a signer of a credential and the base URL, or None where
    the credential is sent as it is; it raises ConfigurationError.
    """

    name: str
    service: str
    title: str
    base_url: str
    paths: Mapping[str, str]
    credential_env: str
    source: str
    auth_header: str = "authorization"
    auth_prefix: str = "Bearer "
    signing_env: tuple[str, ...] = ()
    sign: Callable[[str, str], Signer | None] | None = None
    note: str = ""

    def credential(self, variable: Callable[[str], str]) -> str:
        """The credential in the vendor's usual variables, each read by `variable` ("" where unset)."""
        key = variable(self.credential_env) if self.credential_env else ""
        if key or not self.signing_env:
            return key
        parts = [variable(name) for name in self.signing_env]
        # INVARIANT: half a signing key is none. A key id alone would be sent as if it were a key.
        return "\n".join(parts).strip() if all(parts[:2]) else ""

    def why_not(self, base_url: str = "", credential: str = "") -> str:
        """Why the service can't be reached with what is configured, in a plain sentence, else ""."""
        if not self.paths:
            return f"Ringfence can't reach it yet: {self.note}"
        if not (base_url or self.base_url):
            return "each customer has an address of its own, and base_url is not set"
        if self.credential_env and not credential:
            return f"no key is configured ({self.credential_env} is not set)"
        if self.sign is not None and not credential:
            return "no key is configured (api_key is not set)"
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
        reply_timeout_s: float = 3600.0,
    ) -> Target:
        """How to reach one service of this kind. Raises ConfigurationError where `why_not` has a reason beside the key;
        without a key the target is there, but says itself that it can't be used."""
        why = self.why_not(base_url, credential)
        address = base_url or self.base_url
        if why and not (self.paths and address):
            raise ConfigurationError(f"Service {service_id} can't be used: {why}", remedy=self.note, where=service_id)
        signer = self.sign(credential, address) if self.sign is not None and credential else None
        return Target(
            service_id=service_id,
            base_url=address,
            credential="" if signer is not None else credential,
            signer=signer,
            auth_header=self.auth_header,
            auth_prefix=self.auth_prefix,
            paths=self.paths,
            missing=why,
            covered_host=covered_host,
            allow_insecure_loopback=allow_insecure_loopback,
            connect_timeout_s=connect_timeout_s,
            first_byte_timeout_s=first_byte_timeout_s,
            read_timeout_s=read_timeout_s,
            reply_timeout_s=reply_timeout_s,
        )
