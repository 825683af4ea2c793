#!/usr/bin/env bash
# What the tests need beyond Python: strace (the order of fdatasync and send), Tesseract (text in images), Node.js with a
# Cedar engine that is not ours (replay) and OpenAI's SDK. Debian's packages are installed where this may be done;
# elsewhere the tests that need them skip by name, and fail in CI.
set -euo pipefail
cd "$(dirname "$0")/.."
missing=()
command -v strace >/dev/null || missing+=(strace)
command -v npm >/dev/null || missing+=(nodejs npm)
command -v tesseract >/dev/null || missing+=(tesseract-ocr)
if [ ${#missing[@]} -gt 0 ] && [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
  { apt-get update -qq && apt-get install -y -qq "${missing[@]}" >/dev/null; } || echo "not installed: ${missing[*]}"
fi
if command -v npm >/dev/null && [ node_modules/.package-lock.json -ot package-lock.json ]; then
  npm ci --no-audit --no-fund --silent || echo "not installed: npm packages"
fi
