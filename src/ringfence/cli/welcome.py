"""What `ringfence up` says when it is ready: where to call it, what is private, which vendors are covered and why."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime

import click

from ringfence import register
from ringfence.gateway import address
from ringfence.gateway.home import Home
from ringfence.gateway.running import Running
from ringfence.vocabulary.chat import Service
from ringfence.vocabulary.decision import Coverage
from ringfence.vocabulary.labels import Label

_SHOWN = (Label.GENERAL, Label.PERSONAL, Label.FINANCIAL, Label.PHI)


def show(home: Home, running: Running, port: int, first_key: str) -> None:
    """Prints it."""
    url = f"{address.url(home.settings.gateway.host, port)}/v1"
    click.echo(f"\nRingfence is ready: {url}   (state in {home.folder})\n")
    if first_key:
        click.echo("Your first API key, shown this once. It declares nothing, so everything it sends stays private:\n")
        click.echo(f"  export RINGFENCE_KEY={first_key}\n")
    else:
        click.echo("Use a key of yours, or make one: ringfence keys create --client NAME --purpose WHY\n")
    model = _model(running)
    click.echo(f"""  curl {url}/chat/completions -H "Authorization: Bearer $RINGFENCE_KEY" \\
    -H 'Content-Type: application/json' \\
    -d '{{"model": "{model}", "messages": [{{"role": "user", "content": "Say hello."}}]}}'

  import os
  from openai import OpenAI
  client = OpenAI(base_url="{url}", api_key=os.environ["RINGFENCE_KEY"])
  reply = client.chat.completions.create(model="{model}", messages=[{{"role": "user", "content": "Say hello."}}])
""")
    click.echo(
        f"Clients of Anthropic's interface take {url.removesuffix('/v1')} as their base URL, with the same key.\n"
    )
    _private(running)
    _vendors(running)
    click.echo(
        "\nSee one request of each effect: ringfence tour     Why something happens: ringfence explain 'a prompt'"
    )
    click.echo("Each request prints a line here: record, labels, effect, where it went, how it ended, rule.\n")


def _model(running: Running) -> str:
    state = running.watched.state
    return state.private[0].models[0] if state.private else "gpt-4o-mini"


def _private(running: Running) -> None:
    click.echo("Private:")
    if running.engine:
        status = running.engine.status()
        click.echo(f"  {status.model}: {status.state}{f' ({status.reason})' if status.reason else ''}")
        click.echo(f"  no egress: {status.isolated}. {status.how}")
        click.echo(f"  {status.note}")
        return
    private = running.home.settings.private
    said = (
        "none: what no document covers is denied" if private.engine == "none" else f"{private.model} at {private.host}"
    )
    click.echo(f"  {said}")


def _vendors(running: Running) -> None:
    click.echo("Vendors:")
    idle: dict[str, None] = {}
    for service in running.watched.state.register.services.values():
        if not service.private and not service.demonstration:
            why = running.upstreams.why_not(service.id)
            covers = _covers(running, service)
            if why:
                covered = [cover.label for cover in covers if cover.covered and cover.documents]
                if covered:
                    click.echo(f"  {service.id}: not reachable, {why}. On paper it covers {', '.join(covered)}.")
                else:
                    idle[service.vendor] = None
                continue
            click.echo(f"  {service.id}: reachable")
            for sentence in _said(covers):
                click.echo(f"      {sentence}")
    if idle:
        click.echo(f"  nothing on file and not set up: {', '.join(idle)}. `ringfence doctor` says what each needs.")


def _covers(running: Running, service: Service) -> tuple[Coverage, ...]:
    state = running.watched.state
    return register.cover(
        state.register,
        service.id,
        _SHOWN,
        service.endpoints[0],
        service.models[0] if service.models else "",
        datetime.now(UTC).date(),
        state.organisation,
        "",
    )


def _said(covers: Iterable[Coverage]) -> list[str]:
    """Which labels are covered until when by what, and what is missing for the others; equal answers on one line."""
    lines: dict[str, list[str]] = {}
    for cover in covers:
        by = f"by {', '.join(cover.documents)}" if cover.documents else "without documents"
        said = (
            f"covered {by}{f' until {cover.until}' if cover.until else ''}"
            if cover.covered
            else " ".join(cover.reasons)
        )
        lines.setdefault(said, []).append(cover.label)
    return [f"{', '.join(labels)}: {said}" for said, labels in lines.items()]
