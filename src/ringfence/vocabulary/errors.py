"""The error tree. Each class has a `code`, an `http_status` and a `remedy`; none ever holds prompt text.

RingfenceError
├── RequestError                what a client sent
│   ├── MalformedRequest            400  not JSON, duplicate keys, wrong types
│   ├── RequestTooLarge             413
│   ├── RequestTimeout              408
│   ├── RouteNotFound               404
│   ├── SurfaceNotServed            403  an endpoint of a vendor that the gateway refuses by its name
│   ├── MethodNotAllowed            405
│   ├── HostNotAllowed              421
│   ├── ModelNotFound               404
│   └── TooManyRequests             429
├── AuthenticationFailed        401  no key, wrong key, expired or disabled key
├── ConfigurationError          what an operator wrote: settings, register, policies, keys
├── LedgerError                 the record could not be made durable
│   ├── LedgerUnavailable           503  append failed or outlasted its bound
│   ├── LedgerLocked                another process has it open
│   └── LedgerCorrupt               what is on disk is not what was signed
├── AnchorError                 502  an outside anchor of the ledger did not come about
│   ├── AnchorUntrusted         502  it may be sound, but nobody who is trusted vouches for it
│   └── AnchorContradicted      409  what an anchor holds does not lead to the present ledger
├── VaultError                  503  the map of surrogates could not be read or written
├── SidecarError                    an encrypted store beside the ledger could not be opened or read
├── UpstreamError               what a model service did
│   ├── UpstreamUnavailable         502  no connection
│   ├── UpstreamTimeout             504
│   └── UpstreamBroken              502  reset mid-reply, or a reply that can't be read
└── InternalError               500  a defect of ours, denied at the boundary
"""

from __future__ import annotations


class RingfenceError(Exception):
    """Root. `message` says what and where, `remedy` what to do; both are safe to log and to send to the client."""

    code = "ringfence_error"
    http_status = 500
    remedy = ""

    def __init__(self, message: str, *, remedy: str = "", where: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.where = where
        if remedy:
            self.remedy = remedy


class RequestError(RingfenceError):
    code = "ringfence_bad_request"
    http_status = 400
    remedy = "Correct the request and send it again."


class MalformedRequest(RequestError):
    code = "ringfence_malformed_request"


class RequestTooLarge(RequestError):
    code = "ringfence_request_too_large"
    http_status = 413
    remedy = "Send less in one request, or ask the operator to raise [gateway] max_body_bytes."


class RequestTimeout(RequestError):
    code = "ringfence_request_timeout"
    http_status = 408
    remedy = "Send the whole request within the operator's [gateway] read_timeout_s."


class RouteNotFound(RequestError):
    code = "ringfence_route_not_found"
    http_status = 404
    remedy = "Use a route that GET /openapi.json lists."


class SurfaceNotServed(RequestError):
    code = "ringfence_surface_not_served"
    http_status = 403
    remedy = "Send what the model needs within a request to a route that GET /openapi.json lists."


class MethodNotAllowed(RequestError):
    code = "ringfence_method_not_allowed"
    http_status = 405
    remedy = "Use the method that the route documents."


class HostNotAllowed(RequestError):
    code = "ringfence_host_not_allowed"
    http_status = 421
    remedy = "Call the gateway by a name in [gateway] allowed_hosts."


class ModelNotFound(RequestError):
    code = "ringfence_model_not_found"
    http_status = 404
    remedy = "Name a model from GET /v1/models."


class TooManyRequests(RequestError):
    code = "ringfence_too_many_requests"
    http_status = 429
    remedy = "Wait and send it again."


class AuthenticationFailed(RingfenceError):
    code = "ringfence_authentication_failed"
    http_status = 401
    remedy = "Send a key made by `ringfence keys create` as `Authorization: Bearer ...`."


class ConfigurationError(RingfenceError):
    code = "ringfence_configuration_error"
    http_status = 500
    remedy = "Run `ringfence doctor`."


class LedgerError(RingfenceError):
    code = "ringfence_ledger_error"
    http_status = 503
    remedy = "Run `ringfence ledger verify`."


class LedgerUnavailable(LedgerError):
    code = "ringfence_ledger_unavailable"
    remedy = "Nothing was sent. Check the disk under the ledger, then restart the gateway."


class LedgerLocked(LedgerError):
    code = "ringfence_ledger_locked"
    remedy = "Stop the other process that uses this ledger folder, or use another RINGFENCE_HOME."


class LedgerCorrupt(LedgerError):
    code = "ringfence_ledger_corrupt"
    remedy = "Keep the folder as it is, and compare it with a copy: `ringfence ledger verify` names the place."


class AnchorError(RingfenceError):
    code = "ringfence_anchor_error"
    http_status = 502
    remedy = "The ledger goes on, and the next interval tries again. Check the anchor's table in ringfence.toml."


class AnchorUntrusted(AnchorError):
    code = "ringfence_anchor_untrusted"
    remedy = "Trust the certificate of its authority, once you have it from the authority itself."


class AnchorContradicted(AnchorError):
    code = "ringfence_anchor_contradicted"
    http_status = 409
    remedy = "Keep the ledger as it is, and compare it with a copy: what was anchored is no longer what it holds."


class VaultError(RingfenceError):
    code = "ringfence_vault_error"
    http_status = 503
    remedy = "Nothing was sent. Check the disk and the key of the vault (`ringfence doctor`)."


class SidecarError(RingfenceError):
    code = "ringfence_sidecar_error"
    remedy = "Use the keys that it was sealed to, or restore the file from a copy."


class UpstreamError(RingfenceError):
    code = "ringfence_upstream_error"
    http_status = 502
    remedy = "Try again; if it stays, check the service in ringfence.toml."


class UpstreamUnavailable(UpstreamError):
    code = "ringfence_upstream_unavailable"


class UpstreamTimeout(UpstreamError):
    code = "ringfence_upstream_timeout"
    http_status = 504


class UpstreamBroken(UpstreamError):
    code = "ringfence_upstream_broken"


class InternalError(RingfenceError):
    code = "ringfence_internal_error"
    remedy = "Nothing was sent. Report it with the record number; the gateway's log names the place."
