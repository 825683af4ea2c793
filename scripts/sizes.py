"""Holds the sizes that the house promises: median file under 150 lines, none over 600, no function over 60."""

from __future__ import annotations

import ast
import statistics
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
MEDIAN_LINES, FILE_LINES, FUNCTION_LINES = 150, 600, 60


def main() -> int:
    """Prints each breach; returns 1 where there is one."""
    breaches, sizes = [], []
    for path in sorted([*ROOT.glob("src/**/*.py"), *ROOT.glob("tests/**/*.py"), *ROOT.glob("bench/**/*.py")]):
        text = path.read_text(encoding="utf-8")
        lines = text.count("\n")
        name = path.relative_to(ROOT)
        if "src" in name.parts and lines > 1:
            sizes.append(lines)
        if lines > FILE_LINES:
            breaches.append(f"{name}: {lines} lines, at most {FILE_LINES}")
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                length = (node.end_lineno or node.lineno) - node.lineno + 1
                if length > FUNCTION_LINES:
                    breaches.append(f"{name}:{node.lineno}: {node.name} has {length} lines, at most {FUNCTION_LINES}")
    median = statistics.median(sizes)
    if median >= MEDIAN_LINES:
        breaches.append(f"median file has {median:g} lines, under {MEDIAN_LINES} was promised")
    print("\n".join([*breaches, f"{len(sizes)} files, median {median:g} lines, longest {max(sizes)}"]))
    return 1 if breaches else 0


if __name__ == "__main__":
    sys.exit(main())
