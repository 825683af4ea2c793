"""Does an append cost the same in a long log as in a new one, and beside others that read it?

Grows one log and stops at each size to measure: commits of one record and of 64 as the writer makes them (salts,
entries and checkpoint, highest slot, each with its fdatasync; the median of several), and a start. Then 64 clients
append while another process reads the log in full. `--plot` draws the costs as SVG.
"""

from __future__ import annotations

import argparse
import asyncio
import math
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import msgspec

from ledger import measure, open_ledger, ready
from ringfence.ledger.ledger import Ledger

SIZES = (0, 1_000, 3_000, 10_000, 30_000, 100_000, 300_000, 1_000_000)
BATCH = 64
TIMES = 31
"""Odd, so that the median is a commit that there was."""

BESIDE = {
    "verify": "from ringfence.ledger.verify import verify\n"
    "while True: assert verify(folder / 'log', highest_path=folder / 'highest').ok",
    "tiles": "from ringfence.ledger.reader import SegmentsReader\nfrom ringfence.ledger.tiles.build import build\n"
    "import shutil\n"
    "while True:\n"
    "  build(SegmentsReader(folder / 'log', folder / 'highest'), folder / 'tiles'); shutil.rmtree(folder / 'tiles')",
    "export": "from ringfence.ledger.read import entries\nimport json\n"
    "while True:\n"
    "  with (folder / 'out').open('w') as out:\n"
    "    for entry in entries(folder / 'log'): out.write(json.dumps(json.loads(entry.leaf)) + '\\n')",
}
"""What runs beside, over and over, each in a process of its own as the command would."""


LINES = {"one record a commit": "single_us", "one of 64 a commit": "batch_us", "the fastest of those": "least_us"}


class Row(msgspec.Struct, frozen=True):
    """Medians at one size, microseconds a record where not said otherwise; `least_us` is of the fastest commit of 64,
    which other work on the machine disturbs least."""

    size: int
    single_us: float
    batch_us: float
    least_us: float
    batch_cpu_us: float
    start_ms: float


def main() -> None:
    """Parse the command line, run, print a table in Markdown."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--folder", type=Path, help="where the ledger is made (default: a temporary folder)")
    parser.add_argument("--to", type=int, default=30_000, help="records to grow to")
    parser.add_argument("--plot", type=Path, metavar="SVG")
    parser.add_argument("--beside", type=int, default=20_000, metavar="APPENDS", help="appends beside each reader")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=options.folder) as name:
        folder = Path(name)
        rows = grow(folder, [size for size in SIZES if size <= options.to])
        print("| records in the log | one a commit, us | of 64 a commit, us each | the fastest | CPU | a start, ms |")
        print("|---|---|---|---|---|---|")
        for row in rows:
            costs = f"{row.single_us:,.0f} | {row.batch_us:.1f} | {row.least_us:.1f} | {row.batch_cpu_us:.1f}"
            print(f"| {row.size:,} | {costs} | {row.start_ms:.1f} |")
        if options.plot:
            options.plot.write_text(plot(rows), encoding="utf-8")
        print()
        beside(folder, options.beside)


def grow(folder: Path, sizes: Sequence[int]) -> list[Row]:
    """Measure at each size."""
    rows = []
    for size in sizes:
        ledger = open_ledger(folder)
        while ledger.size < size:
            commit(ledger, min(BATCH, size - ledger.size))
        singles = [commit(ledger, 1)[0] for _ in range(TIMES)]
        batches = [commit(ledger, BATCH) for _ in range(TIMES)]
        ledger.close()
        starts = []
        for _ in range(5):
            began = time.perf_counter()
            again = open_ledger(folder)
            starts.append(time.perf_counter() - began)
            again.close()
        rows.append(
            Row(
                size,
                statistics.median(singles) * 1e6,
                statistics.median(wall for wall, _ in batches) * 1e6 / BATCH,
                min(wall for wall, _ in batches) * 1e6 / BATCH,
                statistics.median(cpu for _, cpu in batches) * 1e6 / BATCH,
                statistics.median(starts) * 1e3,
            )
        )
    return rows


def commit(ledger: Ledger, records: int) -> tuple[float, float]:
    """One commit of so many records, made ready before: seconds and CPU seconds."""
    drafts = ready(ledger.size, records)
    cpu, began = time.process_time(), time.perf_counter()
    ledger._log.commit(drafts)  # The bench commits whole batches itself, to choose their size.
    return time.perf_counter() - began, time.process_time() - cpu


def beside(folder: Path, appends: int) -> None:
    """64 clients, alone and then beside each reader."""
    ledger = open_ledger(folder)
    try:
        asyncio.run(measure(ledger, "64 clients, alone", 64, appends))
        for name, code in BESIDE.items():
            script = f"from pathlib import Path\nfolder = Path({str(folder)!r})\n{code}"
            reader = subprocess.Popen([sys.executable, "-c", script])
            time.sleep(1)
            asyncio.run(measure(ledger, f"64 clients beside {name}", 64, appends))
            if reader.poll() is not None:
                print(f"  {name} ended before its time: {reader.returncode}")
            reader.kill()
            reader.wait()
    finally:
        ledger.close()


def plot(rows: Sequence[Row]) -> str:
    """Microseconds a record over the log's size, both on logarithmic axes, as SVG."""
    width, height, left, right, bottom, top = 680, 320, 60, 160, 40, 20
    rows = [row for row in rows if row.size]
    decades = math.log10(rows[-1].size) - 3 or 1

    def x(size: int) -> float:
        return left + (width - left - right) * (math.log10(size) - 3) / decades

    def y(cost_us: float) -> float:
        return height - bottom - (height - bottom - top) * math.log10(cost_us) / 4

    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" font-family="sans-serif" '
        f'font-size="11"><rect width="{width}" height="{height}" fill="white"/>'
    ]
    for cost_us in (1, 10, 100, 1_000, 10_000):
        parts.append(f'<path d="M{left} {y(cost_us):.0f}H{width - right}" stroke="#ddd"/>')
        parts.append(f'<text x="{left - 6}" y="{y(cost_us) + 4:.0f}" text-anchor="end">{cost_us:,} us</text>')
    for row in rows:
        parts.append(f'<text x="{x(row.size):.0f}" y="{height - 22}" text-anchor="middle">{row.size:,}</text>')
    parts.append(f'<text x="{(left + width - right) / 2:.0f}" y="{height - 6}" text-anchor="middle">records</text>')
    for (name, cost), colour in zip(LINES.items(), ("#1f4e79", "#b45f06", "#38761d"), strict=True):
        points = [(x(row.size), y(getattr(row, cost))) for row in rows]
        path = " ".join(f"{across:.1f},{up:.1f}" for across, up in points)
        parts.append(f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2"/>')
        parts.append(f'<text x="{width - right + 8}" y="{points[-1][1] + 4:.0f}" fill="{colour}">{name}</text>')
    return "\n".join([*parts, "</svg>", ""])


if __name__ == "__main__":
    main()
