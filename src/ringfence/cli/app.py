"""`ringfence`: the commands, their common options, and the exit codes."""

from __future__ import annotations

import importlib
import sys
from pathlib import Path
from typing import Any

import click

from ringfence import __version__
from ringfence.cli.output import EXIT_CODES, exit_code, fail
from ringfence.vocabulary.errors import ConfigurationError, RingfenceError

COMMANDS = (
    "up",
    "tour",
    "init",
    "explain",
    "scan",
    "detect",
    "register",
    "terms",
    "probe",
    "incident",
    "keys",
    "approver",
    "approve",
    "exception",
    "change",
    "ledger",
    "evidence",
    "custodian",
    "review",
    "witness",
    "doctor",
)


class _Lazy(click.Group):
    """Imports a command's module when it is called, so that `ringfence --help` is quick."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = importlib.import_module(f"ringfence.cli.{cmd_name}").command
        return command


@click.command(
    cls=_Lazy,
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog="Exit codes: " + "; ".join(f"{code} {says}" for code, says in EXIT_CODES.items()) + ".",
)
@click.version_option(__version__, prog_name="ringfence")
@click.option(
    "--home", type=click.Path(path_type=Path), envvar="RINGFENCE_HOME", help="Folder of its state (~/.ringfence)."
)
@click.option(
    "--config", type=click.Path(path_type=Path), envvar="RINGFENCE_CONFIG", help="A ringfence.toml elsewhere."
)
@click.pass_context
def group(context: click.Context, home: Path | None, config: Path | None) -> None:
    """Use language models within your agreements, and prove that you did."""
    context.obj = {"home": home, "config": config}


def main(arguments: list[str] | None = None) -> None:
    """Runs a command; every error of ours becomes two lines (what, remedy) and an exit code."""
    try:
        result: Any = group.main(args=arguments, prog_name="ringfence", standalone_mode=False)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except (click.Abort, KeyboardInterrupt):
        sys.exit(130)
    except BrokenPipeError:
        sys.exit(0)
    except RingfenceError as error:
        fail(error)
        sys.exit(exit_code(error))
    except OSError as error:
        what = f"{error.filename}: {error.strerror}" if error.filename else str(error.strerror)
        fail(ConfigurationError(what, remedy="Check that it is there, and that this user may read and write it."))
        sys.exit(3)
    sys.exit(result if isinstance(result, int) else 0)
