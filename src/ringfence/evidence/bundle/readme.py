"""The README inside a bundle: for somebody who has never seen one."""

from __future__ import annotations

from ringfence.evidence.bundle.layout import Manifest

_TEXT = """\
# Evidence of what a language-model gateway decided

Log: {origin}
Period: {from_} to {to} (UTC, both inclusive)
Records: {records}, with the indexes {span}
The log had {size} records when this was exported.

## What this is
Ringfence stands between a company's programs and language models. For each request it decides whether the data in it
may go to the model, and writes that down before the first byte leaves. Each record is sealed into an append-only log
whose state its key signs many times a day. This archive holds every record of the period, the signed states, and what
is needed to check them, here and now, without asking anybody. It holds no prompts and no replies.

## What it proves, and what it does not
It proves that these are the records which the log's key signed, in this order, none changed, none left out between the
first and the last, and that the log was only added to from then until the export.

It does not prove:
* that whoever holds the key did not write another history beforehand: only an outside anchor (folder `anchors`) made at
  a known time proves that;
* that every request went through the gateway: a program that calls a model directly leaves no record here;
* anything about times at which no sign of life is on record: they read as *not observed*;
* that the kinds of data were recognised rightly: that needs a sample and the people who know the data.

## Check it with our tool
On any machine with Python 3.11 or later, without a network:

    ringfence evidence verify THIS-FILE.zip --public-key "LINE" --report report.html

LINE is the log's public key, which you should have from another source than this archive, best from a time before it.
The report says for each claim *proven*, *not observed* or *unproven*. Draw a sample with `ringfence evidence sample`.

## Check it by hand
Any tool for zip opens this file. `manifest.json` has the SHA-256 of every other file (`sha256sum`).
* `records.ndjson`: one record a line; line 1 is record {first}. A record's hash is SHA-256 of a zero byte and the line
  without its newline.
* `log/tile/`: the hashes of the log in the layout of https://c2sp.org/tlog-tiles; any tool for it can read them.
* `log/checkpoint`: the newest signed state, https://c2sp.org/tlog-checkpoint, a signed note
  (https://c2sp.org/signed-note, Ed25519). `log/checkpoints.ndjson`: the state after each commit of the period.
* `log/before`, `log/frontier`: the signed state just before the period, and the hashes from which the tree goes on.
* `log/record-before`, `log/record-after`: the neighbours of the period, so that you see where it begins and ends;
  `log/sign-after`: the first sign of life after it.
* `policies/`, `register/`, `exceptions/`, `keys/`: the rules, the agreements on file, the exceptions and the list of
  API keys (without the keys), as they were in force; a file's name is the SHA-256 of its bytes, and records name it.
  Reports of auditors are there as SHA-256, never as text.
* `approvers/`: the people who may approve, with their public keys. `anchors/`: what outsiders signed.
* `summary.json`: counts, made from the records.
"""


def readme(manifest: Manifest) -> bytes:
    """The text for a bundle. `manifest.files` and its digest do not matter."""
    span = f"{manifest.first} to {manifest.next - 1}" if manifest.records else "none"
    return _TEXT.format(
        origin=manifest.origin,
        from_=manifest.from_,
        to=manifest.to,
        records=manifest.records,
        span=span,
        size=manifest.size,
        first=manifest.first,
    ).encode()
