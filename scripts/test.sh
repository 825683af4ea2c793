#!/usr/bin/env bash
# Lint, then every test, in as many processes as there are cores. RINGFENCE_SCALE enlarges the seeded ones.
set -euo pipefail
cd "$(dirname "$0")/.."
scripts/tools.sh
scripts/lint.sh
python scripts/reference.py --check
exec pytest -n auto --dist loadfile "$@"
