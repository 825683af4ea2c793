#!/usr/bin/env bash
# What the tests need beyond Python: strace (the order of fdatasync and send), gcc (calls that fail after they were
# made), PostgreSQL (a ledger that many gateways write), Tesseract (text in images), Node.js with a Cedar engine that is
# not ours (replay), Sigstore's verifier and OpenAI's SDK, and Go with its own transparency log. Debian's packages are
# installed where this may be done; elsewhere the tests that need them skip by name, and fail in CI.
set -euo pipefail
cd "$(dirname "$0")/.."
missing=()
command -v strace >/dev/null || missing+=(strace)
command -v npm >/dev/null || missing+=(nodejs npm)
command -v gcc >/dev/null || missing+=(gcc libc6-dev)
command -v openssl >/dev/null || missing+=(openssl)
command -v tesseract >/dev/null || missing+=(tesseract-ocr)
{ command -v go && [ -d /usr/share/gocode/src/golang.org/x/mod ]; } >/dev/null || missing+=(golang-go golang-golang-x-mod-dev)
compgen -G "/usr/lib/postgresql/*/bin/initdb" >/dev/null || missing+=(postgresql)
if [ ${#missing[@]} -gt 0 ] && [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
  apt-get update -qq || true
  if [[ " ${missing[*]} " == *" postgresql "* ]]; then  # the tests make a cluster of their own: none is made or started here
    apt-get install -y -qq postgresql-common >/dev/null &&
      echo "create_main_cluster = false" >>/etc/postgresql-common/createcluster.conf
  fi
  apt-get install -y -qq "${missing[@]}" >/dev/null || echo "not installed: ${missing[*]}"
fi
if command -v npm >/dev/null && [ node_modules/.package-lock.json -ot package-lock.json ]; then
  npm ci --no-audit --no-fund --silent || echo "not installed: npm packages"
fi
