"""What several commands share: finding the home, and `--json`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import click

from ringfence.gateway import home as homes
from ringfence.gateway.home import Home

F = TypeVar("F", bound=Callable[..., Any])


def home_of(context: click.Context) -> Home:
    """The home that `--home` and `--config`, or the environment, name. Raises ConfigurationError."""
    return homes.find(context.obj["home"], context.obj["config"])


def json_option(function: F) -> F:
    """`--json`: one JSON document instead of text."""
    return click.option("--json", "json_", is_flag=True, help="Print JSON.")(function)
