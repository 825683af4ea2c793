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
* that whoever holds the key did not write another history beforehand: only an outside anchor (folder `anchors`) by
  somebody whom you believe, made at a known time, proves that; whom to believe you know from elsewhere, not from here;
* that every request went through the gateway: a program that calls a model directly leaves no record here;
* anything about times at which no sign of life is on record: they read as *not observed*;
* that the kinds of data were recognised rightly: that needs a sample and the people who know the data;
* that the agreements in the register cover what a decision says that they cover: that needs the papers.

## Check it with our tool
On any machine with Python 3.11 or later, without a network:

    ringfence evidence verify THIS-FILE.zip --public-key "LINE" --report report.html

LINE is the log's public key, which you should have from another source than this archive, best from a time before it.
The report says for each claim *proven*, *not observed* or *unproven*. Draw a sample with `ringfence evidence sample`.

## Check it by hand
Any tool for zip opens this file. `manifest.json` has the SHA-256 of every other file (`sha256sum`). The program at the
end needs nothing but Python; it does what the next lines say.
* `records.ndjson`: one record a line; line 1 is record {first}. A record's hash is SHA-256 of a zero byte and the line
  without its newline; that of two neighbouring trees is SHA-256 of a byte 1, the left hash and the right one
  (RFC 6962, section 2.1).
* `log/tile/`: the hashes of the log in the layout of https://c2sp.org/tlog-tiles; any tool for it can read them.
* `log/checkpoint`: the newest signed state, https://c2sp.org/tlog-checkpoint, a signed note
  (https://c2sp.org/signed-note, Ed25519). `log/checkpoints.ndjson`: the state after each commit of the period.
* `log/before`, `log/frontier`: the signed state just before the period, and the hashes from which the tree goes on: one
  for each 1 in the binary number {first}, the largest tree first. Both are missing where the period begins the log.
* `log/record-before`, `log/record-after`: the neighbours of the period, so that you see where it begins and ends;
  `log/sign-after`: the first sign of life after it.
* `policies/`, `register/`, `exceptions/`, `keys/`: the rules, the agreements on file, the exceptions and the list of
  API keys (without the keys), as they were in force; a file's name is the SHA-256 of its bytes, and records name it.
  Reports of auditors are there as SHA-256, never as text.
* `approvers/`: the people who may approve, with their public keys. `anchors/`: what outsiders signed.
* `summary.json`: counts, made from the records.

Save this as `check.py` in the folder of the unpacked files, and run `python3 check.py`. It recomputes every signed
state of the period; the signature of the newest one is then for `openssl` (3.0 or later), as the program says
at its end.

"""

_PROGRAM = """\
    import base64, hashlib, json, pathlib

    def sha256(*parts):
        return hashlib.sha256(b"".join(parts)).digest()

    def read(name):
        return pathlib.Path(name).read_bytes()

    def signed(note):  # log, size and root; a signed note goes on with a blank line and signatures
        origin, size, root = note.split(b"\\n")[:3]
        assert origin.decode() == manifest["origin"], "another log"
        return int(size), base64.b64decode(root)

    manifest = json.loads(read("manifest.json"))
    for name, listed in manifest["files"].items():
        assert hashlib.sha256(read(name)).hexdigest() == listed["sha256"], name
    size, trees = manifest["first"], []
    if size:
        trees = [bytes.fromhex(line) for line in read("log/frontier").decode().split()]

    def root():
        whole = trees[-1] if trees else sha256()
        for left in reversed(trees[:-1]):
            whole = sha256(b"\\x01", left, whole)
        return whole

    if size:
        assert signed(read("log/before")) == (size, root()), "the frontier"
    records = read("records.ndjson").split(b"\\n")[:-1]
    assert len(records) == manifest["records"], "records"
    states = [json.loads(line)["note"].encode() for line in read("log/checkpoints.ndjson").splitlines()]
    ends = {signed(note)[0]: note for note in states}
    for record in records:
        whole, number = sha256(b"\\x00", record), size
        while number % 2:
            whole, number = sha256(b"\\x01", trees.pop(), whole), number // 2
        trees.append(whole)
        size += 1
        if size in ends:
            assert signed(ends.pop(size)) == (size, root()), size
    assert not ends and (not states or size == signed(states[-1])[0]), "the last state"

    text, _, lines = read("log/checkpoint").rpartition(b"\\n\\n")
    key = read("log/log.vkey").decode().strip()
    raw = base64.b64decode(key.split("+", 2)[2])
    mine = next(line for line in lines.decode().splitlines() if line.split(" ")[1] == key.split("+")[0])
    pathlib.Path("key.der").write_bytes(bytes.fromhex("302a300506032b6570032100") + raw[1:])
    pathlib.Path("text").write_bytes(text + b"\\n")
    pathlib.Path("signature").write_bytes(base64.b64decode(mine.split(" ")[2])[4:])
    print(len(records), "records lead to", len(states), "signed states. The key, to compare with yours:", key)
    print("openssl pkeyutl -verify -pubin -keyform DER -inkey key.der -rawin -in text -sigfile signature")
"""
"""Indented, as code stands in Markdown. Standard library only; no line of it is this package's."""


def readme(manifest: Manifest) -> bytes:
    """The text for a bundle. `manifest.files` and its digest do not matter."""
    span = f"{manifest.first} to {manifest.next - 1}" if manifest.records else "none"
    text = _TEXT.format(
        origin=manifest.origin,
        from_=manifest.from_,
        to=manifest.to,
        records=manifest.records,
        span=span,
        size=manifest.size,
        first=manifest.first,
    )
    return (text + _PROGRAM).encode()
