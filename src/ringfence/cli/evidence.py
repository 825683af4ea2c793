"""`ringfence evidence`: what an auditor gets, and how they check it without us."""

from __future__ import annotations

import getpass
from contextlib import suppress
from pathlib import Path

import click
import msgspec

from ringfence.approvals import load_people
from ringfence.cli import facts, replaying
from ringfence.cli.common import home_of, json_option
from ringfence.cli.output import as_json, progress
from ringfence.evidence.bundle.export import Exported, Sources, export
from ringfence.evidence.bundle.html import as_html
from ringfence.evidence.bundle.outcome import Replayed, Verified
from ringfence.evidence.bundle.pdf import as_pdf
from ringfence.evidence.bundle.period import Period, period
from ringfence.evidence.bundle.sample import Only, Sample, draw
from ringfence.evidence.bundle.verify import verify
from ringfence.evidence.bundle.wording import shown
from ringfence.gateway import boot, onrecord
from ringfence.gateway.home import Home
from ringfence.gateway.prober import Prober
from ringfence.ledger.anchors.anchor import Trust
from ringfence.ledger.files import replace_file
from ringfence.ledger.tiles import build, folder_tiles
from ringfence.vocabulary.decision import Effect
from ringfence.vocabulary.errors import ConfigurationError, LedgerLocked
from ringfence.vocabulary.labels import Label

_BUNDLE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.group()
def command() -> None:
    """Hand an auditor what was decided in a period, and check such a bundle without a home."""


command.add_command(replaying.command)
command.add_command(facts.command)


@command.command("export")
@click.option("--from", "from_", required=True, metavar="DATE", help="First day or moment (RFC 3339, UTC).")
@click.option("--to", required=True, metavar="DATE", help="Last day or moment, inclusive.")
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="File to write (ringfence-FROM-TO.zip).")
@json_option
@click.pass_context
def export_(context: click.Context, from_: str, to: str, out: Path | None, json_: bool) -> None:
    """Write one file with every record of the period and all that is needed to check it.

    It holds no prompts and no replies, but clients, purposes and names of people who approve: send it sealed.
    """
    home, wanted = home_of(context), period(from_, to)
    path = out or Path(f"ringfence-{wanted.first[:10]}-{wanted.last[:10]}.zip")
    done = export(_sources(home), wanted, path)
    notice = done.notice(f"os:{getpass.getuser()}", home.settings.ledger.instance)
    recorded = onrecord.put(home, Prober(home), [notice])
    if json_:
        as_json({"file": str(path), "recorded": recorded, "sha256": done.sha256, "missing": done.missing})
        return
    _print_exported(path, done, wanted)
    click.echo(f"The export is {'on record' if recorded else 'put on record by the running gateway within seconds'}.")


def _sources(home: Home) -> Sources:
    reader, base = boot.reader(home), home.config.parent
    with suppress(LedgerLocked):  # the gateway is at it
        build(reader, home.tiles)
    return Sources(
        reader=reader,
        tiles=folder_tiles(home.tiles),
        anchors=home.anchors,
        people=load_people(home.approvers),
        witnesses=tuple(witness.key for witness in home.settings.witness),
        timestamp_roots=tuple((base / each.certificates).read_text("ascii") for each in home.settings.timestamp),
    )


def _print_exported(path: Path, done: Exported, wanted: Period) -> None:
    manifest = done.manifest
    click.echo(f"{path}: {manifest.records} records from index {manifest.first} on, {done.size} bytes")
    click.echo(f"SHA-256 {done.sha256}")
    click.echo(f"Period {wanted.first} to {wanted.last}; the ledger had {manifest.size} records.")
    for kind, digests in done.missing.items():
        click.echo(f"UNPROVEN: {len(digests)} {kind} snapshots that records name were never kept.", err=True)


@command.command("verify")
@click.argument("bundle", type=_BUNDLE)
@click.option("--public-key", metavar="LINE", help="The log's public key line that you trust, from elsewhere.")
@click.option("--witness", "witnesses", multiple=True, metavar="LINE", help="Public line of a witness that you trust.")
@click.option("--timestamp-roots", type=_BUNDLE, multiple=True, help="PEM file of time-stamping roots that you trust.")
@click.option("--replay", "replay_", type=_BUNDLE, help="Result of `ringfence evidence replay --json`, for the report.")
@click.option(
    "--report",
    "reports",
    multiple=True,
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write a report: a file that ends in .html or .pdf.",
)
@json_option
def verify_(
    bundle: Path,
    public_key: str | None,
    witnesses: tuple[str, ...],
    timestamp_roots: tuple[Path, ...],
    replay_: Path | None,
    reports: tuple[Path, ...],
    json_: bool,
) -> int:
    """Check BUNDLE in numbered steps; needs no home, no settings and no network. Exit code 1 where a step failed."""
    for report in reports:
        if report.suffix not in (".html", ".pdf"):
            raise click.UsageError(f"{report}: a report is a file that ends in .html or .pdf.")
    given = bool(witnesses or timestamp_roots)
    trust = Trust.of([path.read_bytes() for path in timestamp_roots], witnesses) if given else None
    found = verify(
        bundle,
        public_key=public_key,
        trust=trust,
        replayed=_replayed(replay_) if replay_ else None,
        progress=lambda done, whole: progress(f"verified {done} of {whole} records"),
    )
    progress("")
    for report in reports:
        replace_file(report, as_pdf(found) if report.suffix == ".pdf" else as_html(found).encode(), 0o644)
    if json_:
        as_json(found)
    else:
        _print_verified(found)
    return 0 if found.ok else 1


class _Replay(msgspec.Struct):
    replay: Replayed


def _replayed(path: Path) -> Replayed:
    try:
        return msgspec.json.decode(path.read_bytes(), type=_Replay).replay
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise ConfigurationError(
            f"{path} is no result of a replay: {error}", remedy="Make it with `ringfence evidence replay --json`."
        ) from None


def _print_verified(found: Verified) -> None:
    for step in found.steps:
        click.echo(f"{step.number:>3}. {step.status:<8} {step.title}")
        for detail in step.details:
            click.echo(f"{'':14}{shown(detail)}")
    click.echo("")
    for claim in found.claims:
        click.echo(f"{str(claim.verdict).upper():<13} {shown(claim.says)}")
        click.echo(f"{'':14}{shown(claim.because)}")
    click.echo("")
    what = f"{found.records} records from {found.from_} to {found.to}, bundle {found.bundle_sha256[:16]}"
    click.echo(f"{'VERIFIED' if found.ok else 'NOT VERIFIED'}: {what}")


@command.command("sample")
@click.argument("bundle", type=_BUNDLE)
@click.option("--n", "count", required=True, type=click.IntRange(1, 10_000), help="How many decisions to draw.")
@click.option("--seed", required=True, help="Any text; choose it after you were given the bundle.")
@click.option("--effect", type=click.Choice([each.value for each in Effect]), help="Draw from these decisions only.")
@click.option("--label", type=click.Choice([each.value for each in Label]), help="Draw from these kinds of data only.")
@click.option("--service", help="Draw from decisions for this service only.")
@click.option("--proofs", type=click.Path(file_okay=False, path_type=Path), help="Folder to write each proof to.")
@json_option
def sample(
    bundle: Path,
    count: int,
    seed: str,
    effect: str | None,
    label: str | None,
    service: str | None,
    proofs: Path | None,
    json_: bool,
) -> None:
    """Draw decisions from the whole population of BUNDLE, so that nobody can steer which ones.

    The records with the smallest SHA-256 of SEED:INDEX are drawn; `printf 'SEED:INDEX' | sha256sum` repeats it.
    """
    drawn = draw(bundle, count, seed, Only(effect or "", label or "", service or ""))
    if proofs:
        proofs.mkdir(parents=True, exist_ok=True)
        for item in drawn.items:
            replace_file(proofs / f"{item.index}.tlog-proof", item.proof.encode(), 0o644)
    if json_:
        as_json(drawn)
    else:
        _print_sample(drawn, proofs)


def _print_sample(drawn: Sample, proofs: Path | None) -> None:
    click.echo(
        f"{len(drawn.items)} drawn from a population of {drawn.population} decisions (all {drawn.decided} of the period"
        f"{'' if drawn.population == drawn.decided else ', as far as they fit'}; records {drawn.first} to "
        f"{drawn.first + drawn.records - 1}), by the smallest SHA-256 of {drawn.seed!r}, a colon and the index."
    )
    for item in drawn.items:
        body = {name: shown(_listed(value)) for name, value in item.record["body"].items()}
        click.echo(f"\n{item.place}. record {item.index}, {item.record['time']}, SHA-256 {item.digest}")
        click.echo(
            f"   {body.get('effect')} for {body.get('service') or 'no service'}; labels {body.get('labels')}; "
            f"rules {body.get('rules')}"
        )
        contents = shown(", ".join(sorted(item.record["commitments"])) or "none")
        click.echo(f"   In the log: {_proved(item.index, proofs)}")
        click.echo(
            f"   Ask the operator for the request's contents ({contents}) and have them run `ringfence ledger check "
            f"{item.index} NAME FILE`; and for the papers that its coverage names."
        )


def _listed(value: object) -> str:
    """A bundle's maker may have written anything anywhere."""
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


def _proved(index: int, proofs: Path | None) -> str:
    return (
        f"{proofs / str(index)}.tlog-proof"
        if proofs
        else "checked under the bundle's own key; --proofs writes the proof."
    )
