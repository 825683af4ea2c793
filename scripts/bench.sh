#!/usr/bin/env bash
# Every benchmark, side by side where there is a side. Not timed tests: these print figures and judge nothing.
set -euo pipefail
cd "$(dirname "$0")/.."
for bench in bench/*.py; do
  printf '\n== %s\n' "$bench"
  python "$bench" || echo "$bench: not run to its end"
done
