"""`ringfence init`: the files that an organisation keeps in git."""

from __future__ import annotations

from pathlib import Path

import click

from ringfence import register, settings
from ringfence.gateway.state import shipped_masking, shipped_rules


def files() -> dict[str, str]:
    """Relative path -> text of everything that `init` writes."""
    return {
        "ringfence.toml": settings.render(),
        **{f"register/{name}": text for name, text in register.scaffold().items()},
        **{f"policies/{name}": text for name, text in (shipped_rules() | shipped_masking()).items()},
    }


def write(folder: Path) -> tuple[list[Path], list[Path]]:
    """Writes what is absent; returns (written, kept). A file that is there is never changed."""
    written, kept = [], []
    for name, text in files().items():
        path = folder / name
        if path.exists():
            kept.append(path)
            continue
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        written.append(path)
    return written, kept


@click.command()
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False), default=".")
@click.option("--print", "print_", is_flag=True, help="Print ringfence.toml, with every setting, and write nothing.")
def command(folder: Path, print_: bool) -> None:
    """Write a commented ringfence.toml, a register folder and a policies folder into FOLDER (default: here).

    Files that are there already stay as they are.
    """
    if print_:
        click.echo(settings.render(), nl=False)
        return
    written, kept = write(folder)
    for path in written:
        click.echo(f"wrote {path}")
    for path in kept:
        click.echo(f"kept  {path}")
    click.echo(f"\nUse it with: RINGFENCE_CONFIG={folder / 'ringfence.toml'} ringfence up")
