"""The same search on the machines of a Ray cluster, with Ray Data: for folders of millions of files.

Every machine must have Ringfence in this version and see the files under the same paths. RAY_ADDRESS names the cluster;
without it one is started on this machine, and ended with the search.
"""

from __future__ import annotations

import importlib
import logging
import os
import pickle
import warnings
from collections.abc import Generator, Iterable, Iterator
from itertools import islice
from typing import Any

from ringfence.scanning.pool import KILLED, MakeSearcher, batches
from ringfence.scanning.results import Searched, Unit
from ringfence.vocabulary.errors import ConfigurationError

_WAVE = 4096
"""Batches given to the cluster at once, some 250,000 small files: bounds what this process holds."""
_STORE_BYTES = 80 << 20
"""Of the object store of a cluster started here: only paths and places go through it."""


class _Searching:
    """An actor: one searcher for many batches."""

    def __init__(self, make: MakeSearcher) -> None:
        self._searcher = make()

    def __call__(self, row: dict[str, Any]) -> dict[str, Any]:
        units = pickle.loads(row["units"][0])  # noqa: S301 - from the process that started this one, as all in Ray
        return {"found": [pickle.dumps(self._searcher.search(units))]}


def search_on_ray(make: MakeSearcher, units: Iterable[Unit], workers: int) -> Generator[Searched, None, None]:
    """All units, as they are done, by one actor for each core of the cluster, or `workers` of a cluster started here.

    Raises ConfigurationError where Ray is not installed or its cluster can't be reached.
    """
    ray = _ray()
    actors = _started(ray, workers)
    try:
        groups = batches(units)
        while wave := list(islice(groups, _WAVE)):
            yield from _wave(ray, make, wave, actors)
    finally:
        ray.shutdown()


def _ray() -> Any:
    # INVARIANT: nothing is told to anybody. Ray reports how it is used unless this is said before it starts:
    # https://docs.ray.io/en/latest/cluster/usage-stats.html
    os.environ["RAY_USAGE_STATS_ENABLED"] = "0"
    try:
        importlib.import_module("ray.data")
    except ModuleNotFoundError:
        raise ConfigurationError("Ray is not installed", remedy="pip install 'ringfence[ray]'") from None
    logging.getLogger("ray.data").setLevel(logging.CRITICAL)  # what is lost is told by this room
    return importlib.import_module("ray")


def _started(ray: Any, workers: int) -> int:
    """Connects; returns how many actors there is room for."""
    quiet = {"logging_level": "ERROR", "log_to_driver": False}
    if not os.environ.get("RAY_ADDRESS"):
        ray.init(num_cpus=workers, object_store_memory=_STORE_BYTES, include_dashboard=False, **quiet)
        return workers
    try:
        ray.init(**quiet)
    except (ConnectionError, ValueError, RuntimeError) as error:
        raise ConfigurationError(
            f"the Ray cluster at RAY_ADDRESS can't be reached ({type(error).__name__})",
            remedy="Check RAY_ADDRESS and that the cluster is up: `ray status`.",
        ) from None
    return max(1, int(ray.cluster_resources().get("CPU", 1)))


def _wave(ray: Any, make: MakeSearcher, wave: list[list[Unit]], actors: int) -> Iterator[Searched]:
    context = ray.data.DataContext.get_current()
    context.enable_progress_bars = False
    context.max_errored_blocks = -1  # a batch that is lost is told below, and the others go on
    rows = ray.data.from_items([{"units": pickle.dumps(batch)} for batch in wave], override_num_blocks=len(wave))
    with warnings.catch_warnings():
        # Without this argument, which goes with Ray 2.64, a file that kills its process is tried for ever.
        warnings.simplefilter("ignore")
        found = rows.map_batches(
            _Searching,
            fn_constructor_args=(make,),
            batch_size=1,
            compute=ray.data.ActorPoolStrategy(size=min(actors, len(wave))),
            max_task_retries=1,
        )
    open_ = {(unit.path, unit.start): unit for batch in wave for unit in batch}
    for row in found.iter_rows():
        for searched in pickle.loads(row["found"]):  # noqa: S301 - from an actor of this process
            del open_[searched.unit.path, searched.unit.start]
            yield searched
    for unit in open_.values():
        yield Searched(unit, reasons=(KILLED,))
