#!/usr/bin/env bash
# Style, types, the house's walls, and the sizes it promises.
set -euo pipefail
cd "$(dirname "$0")/.."
ruff check .
ruff format --check .
mypy
lint-imports
python scripts/sizes.py
