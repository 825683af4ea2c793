#!/usr/bin/env bash
# Writes the hashed requirement files. No index line: whoever installs uses their own registry.
set -euo pipefail
cd "$(dirname "$0")/.."
flags=(--quiet --generate-hashes --universal --python-version 3.11 --no-header --no-annotate --no-emit-index-url)
uv pip compile "${flags[@]}" --extra embedded --extra sdk -o requirements/run.txt pyproject.toml requirements/build.in
uv pip compile "${flags[@]}" -c requirements/run.txt -o requirements/dev.txt requirements/dev.in
uv pip compile "${flags[@]}" -c requirements/run.txt -c requirements/dev.txt -o requirements/train.txt requirements/train.in
uv pip compile "${flags[@]}" --no-deps -o requirements/model.txt requirements/model.in
uv pip compile "${flags[@]}" --no-deps -o requirements/deep.txt requirements/deep.in
uv pip compile "${flags[@]}" -o requirements/clients.txt requirements/clients.in
