"""From settings to services and addresses: what is private, what can be reached, and with which credential."""

from __future__ import annotations

from collections.abc import Mapping

from ringfence.settings import Settings, resolve_secret
from ringfence.settings.model import Private, Upstream
from ringfence.upstream import Target, find_model, vendors
from ringfence.vocabulary.chat import Service
from ringfence.vocabulary.errors import ConfigurationError

EMBEDDED = "private/embedded"
BY_URL = "private/url"
# What llama.cpp's server is asked for as it came: only it can count its model's tokens. Responses and Messages reach
# it as Chat, as they reach every other private server.
# https://github.com/ggml-org/llama.cpp/blob/master/tools/server/README.md
_EMBEDDED_SPEAKS = ("chat_completions", "count_tokens")


def private_services(private: Private) -> tuple[Service, ...]:
    """The private service that the settings describe, under the model name that clients may ask for.

    Raises ConfigurationError where the embedded engine has no model file.
    """
    if private.engine == "embedded":
        model = find_model(private.model_path).name
        return (_service(EMBEDDED, "Embedded model on this machine", True, "this machine", model, _EMBEDDED_SPEAKS),)
    if private.engine == "url":
        title = f"Private model at {private.host}"
        return (_service(BY_URL, title, bool(private.own_host), private.host, private.model, private.endpoints),)
    return ()


def _service(service_id: str, title: str, own_host: bool, host: str, model: str, endpoints: tuple[str, ...]) -> Service:
    return Service(
        id=service_id,
        vendor="private",
        title=title,
        private=True,
        own_host=own_host,
        host=host,
        endpoints=endpoints,
        models=(model,),
        modalities=("text",),
    )


def targets(settings: Settings, services: Mapping[str, Service], demonstration_port: int = 0) -> list[Target]:
    """The services that can be reached over TCP. A vendor whose usual variable is set (OPENAI_API_KEY) needs no
    settings; one that needs more, or whose variable is unset, is listed with what is missing.

    Raises ConfigurationError for a service that the register does not have, or an address that can't be used.
    """
    found = [_configured(upstream, services) for upstream in settings.upstream]
    named = {target.service_id for target in found}
    for vendor in vendors.all():
        if vendor.service in services and vendor.service not in named and vendor.base_url and vendor.paths:
            key = vendor.credential(_variable)
            found.append(vendor.target(vendor.service, key, covered_host=services[vendor.service].host))
    if settings.private.engine == "url":
        found.append(_by_url(settings.private))
    if demonstration_port:
        address = f"http://127.0.0.1:{demonstration_port}"
        found += [
            Target(service_id=service.id, base_url=address, allow_insecure_loopback=True)
            for service in services.values()
            if service.demonstration
        ]
    return found


def _configured(upstream: Upstream, services: Mapping[str, Service]) -> Target:
    where = f"[[upstream]] {upstream.service}"
    service = services.get(upstream.service)
    if service is None:
        raise ConfigurationError(
            f"{where}: the register has no such service",
            remedy="List them with `ringfence register list`.",
            where=where,
        )
    known = vendors.find(service.id, service.vendor, service.endpoints)
    key: str = resolve_secret(upstream.api_key)
    if known is not None:
        if not key and not upstream.api_key:
            key = known.credential(_variable)
        return known.target(
            service.id,
            key,
            base_url=upstream.base_url,
            covered_host=service.host,
            allow_insecure_loopback=True,
            connect_timeout_s=upstream.connect_timeout_s,
            first_byte_timeout_s=upstream.first_byte_timeout_s,
            read_timeout_s=upstream.read_timeout_s,
            reply_timeout_s=upstream.reply_timeout_s,
        )
    if not upstream.base_url:
        raise ConfigurationError(f"{where}: base_url is not set", remedy="Set it.", where=where)
    return Target(
        service_id=service.id,
        base_url=upstream.base_url,
        credential=key,
        covered_host=service.host,
        allow_insecure_loopback=True,
        connect_timeout_s=upstream.connect_timeout_s,
        first_byte_timeout_s=upstream.first_byte_timeout_s,
        read_timeout_s=upstream.read_timeout_s,
        reply_timeout_s=upstream.reply_timeout_s,
    )


def _variable(name: str) -> str:
    return resolve_secret(f"env:{name}")


def _by_url(private: Private) -> Target:
    return Target(
        service_id=BY_URL,
        base_url=private.url,
        credential=resolve_secret(private.api_key),
        allow_insecure_loopback=True,
    )
