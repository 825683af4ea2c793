"""`ringfence tour`: one real request for each effect, with the real SDK, against the demonstration vendor."""

from __future__ import annotations

import contextlib
import json
import time
import urllib.request
from collections.abc import Iterator
from typing import Any, NamedTuple

import click

from ringfence import register
from ringfence.cli.common import home_of
from ringfence.cli.ledger import verified
from ringfence.gateway.home import Home
from ringfence.gateway.keys import KeyStore
from ringfence.vocabulary.errors import ConfigurationError, UpstreamUnavailable

_KEYS_NOTICED_S = 10.0


class Stop(NamedTuple):
    """One request of the tour: what the key declares, what is asked of which model, and what is to be seen."""

    title: str
    handles: tuple[str, ...]
    model: str
    text: str
    streamed: bool = False
    key: dict[str, Any] = {}


STOPS = (
    Stop(
        "ALLOW: nothing regulated, so no document is needed",
        ("general",),
        "demo-uncovered",
        "Explain in one sentence what a reverse proxy does.",
    ),
    Stop(
        "MASK: a customer's e-mail address and phone number, at a vendor with nothing on file",
        ("general",),
        "demo-uncovered",
        "Write to mara.lindqvist@northwind-mail.com or call +1 415-867-5309 about the late parcel.",
    ),
    Stop(
        "MASK, streamed: originals come back across the borders of small pieces",
        ("general",),
        "demo-uncovered",
        "The parcel goes to tobias.renner@northwind-mail.com, account holder since May.",
        streamed=True,
    ),
    Stop(
        "ALLOW: health data where a business associate agreement and a ZDR approval are on file",
        ("phi",),
        "demo-covered",
        "Summarise: the patient takes metformin twice a day and reports less fatigue.",
        key={"needs_identity": True},
    ),
    Stop(
        "REROUTE: the same health data, asked of a vendor without an agreement, stays on the private model",
        ("phi",),
        "demo-uncovered",
        "Summarise: the patient takes metformin twice a day and reports less fatigue.",
    ),
    Stop(
        "DENY: the same, with a key that wants no other model's answer",
        ("phi",),
        "demo-uncovered",
        "Summarise: the patient takes metformin twice a day and reports less fatigue.",
        key={"on_uncovered": "deny"},
    ),
)


@click.command()
@click.pass_context
def command(context: click.Context) -> int:
    """Send a handful of real requests through the running gateway and show what the vendor really received."""
    home = home_of(context)
    url, vendor_port = _running(home)
    keys = KeyStore(home.folder)
    keys.drop_demonstration()
    try:
        made = [
            keys.create(
                client=register.DEMONSTRATION_CLIENT,
                purpose="tour",
                handles=stop.handles,
                demonstration=True,
                **stop.key,
            )[1]
            for stop in STOPS
        ]
        _wait_for_keys(url, made[-1])
        for number, (stop, key) in enumerate(zip(STOPS, made, strict=True), 1):
            click.secho(f"\n{number}. {stop.title}", bold=True)
            _visit(url, vendor_port, stop, key)
    finally:
        keys.drop_demonstration()
    click.secho("\nThe ledger", bold=True)
    report = verified(home, None)
    for step in report.steps:
        if step.status != "ok":
            click.echo(f"   {step.status}: {step.title} {' '.join(step.details)}")
    click.echo(
        f"   {'verified' if report.ok else 'NOT VERIFIED'}: {report.size} records, signed root {report.root[:16]}"
    )
    return 0 if report.ok else 1


def _running(home: Home) -> tuple[str, int]:
    """(URL of the gateway, port of the demonstration vendor). Raises where they are not up."""
    try:
        url = (home.run / "gateway.url").read_text()
        port = int((home.run / "demonstration.port").read_text())
        with urllib.request.urlopen(f"{url}/health", timeout=5):  # noqa: S310 (our own address)
            _received(port)
            return url, port
    except (OSError, ValueError) as error:
        raise UpstreamUnavailable(
            f"No gateway of {home.folder} is running with its demonstration vendor.",
            remedy="Start it in another terminal: `ringfence up`.",
        ) from error


def _wait_for_keys(url: str, key: str) -> None:
    """The gateway looks for new keys once a second."""
    deadline = time.monotonic() + _KEYS_NOTICED_S
    while time.monotonic() < deadline:
        request = urllib.request.Request(f"{url}/v1/models", headers={"authorization": f"Bearer {key}"})  # noqa: S310
        with contextlib.suppress(OSError), urllib.request.urlopen(request, timeout=5):  # noqa: S310
            return
        time.sleep(0.2)
    raise UpstreamUnavailable("The gateway did not notice the keys of the tour.", remedy="See its output.")


def _visit(url: str, vendor_port: int, stop: Stop, key: str) -> None:
    """Sends one request and shows question, decision, what the vendor received, and the answer."""
    try:
        import openai
    except ImportError as error:
        raise ConfigurationError("The openai SDK is not installed.", remedy="pip install 'ringfence[sdk]'") from error
    before, _ = _received(vendor_port)
    client = openai.OpenAI(base_url=f"{url}/v1", api_key=key, max_retries=0, timeout=120)
    click.echo(f"   asked     {stop.text}")
    messages: Any = [{"role": "user", "content": stop.text}]
    try:
        raw: Any = client.chat.completions.with_raw_response.create(
            model=stop.model, messages=messages, stream=stop.streamed, max_tokens=60
        )
    except openai.APIStatusError as error:
        headers, answer = (
            error.response.headers,
            f"{type(error).__name__}: {error.body['message'] if isinstance(error.body, dict) else error}",
        )
    else:
        headers = raw.headers
        answer = "".join(_pieces(raw.parse())) if stop.streamed else raw.parse().choices[0].message.content or ""
    click.echo(
        f"   decided   {headers.get('x-ringfence-effect')} -> {headers.get('x-ringfence-service', 'nowhere')}"
        f"   (record {headers.get('x-ringfence-record')})"
    )
    count, bodies = _received(vendor_port)
    seen = json.loads(bodies[-1])["messages"][-1]["content"] if count > before else "(nothing)"
    click.echo(f"   vendor    {seen}")
    click.echo(f"   answer    {' '.join(answer.split())[:400]}")


def _pieces(stream: Any) -> Iterator[str]:
    for event in stream:
        for choice in event.choices:
            yield choice.delta.content or ""


def _received(port: int) -> tuple[int, list[str]]:
    """How many requests the demonstration vendor was sent, and the bodies of the last ones, oldest first."""
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/received", timeout=5) as reply:
        seen = json.load(reply)
    return seen["count"], seen["last"]
