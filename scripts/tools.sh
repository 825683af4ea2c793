#!/usr/bin/env bash
# What the tests need beyond Python: strace (the order of fdatasync and send). Installed where this may be done;
# elsewhere its tests skip by name, and fail in CI.
set -euo pipefail
command -v strace >/dev/null && exit 0
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
  apt-get update -qq && apt-get install -y -qq strace >/dev/null || true
fi
