// Checks proofs of a Ringfence ledger with @sigstore/verify, which nobody of Ringfence wrote: the signature of the
// checkpoint, and the hashes from the record to its root. Job on standard input, verdicts on standard output:
// {"key": "name+id+base64", "proofs": [{"index", "leaf", "path", "note"}]} -> ["", "why not", ...]; bytes in Base64.
const { createPublicKey } = require("crypto");
const { verifyTLogInclusion } = require("@sigstore/verify/dist/tlog");

const DER_HEAD = Buffer.from("302a300506032b6570032100", "hex"); // of an Ed25519 key, RFC 8410 section 4

function authority(line) {
  const [name, id, key] = line.split("+", 2).concat(line.split("+").slice(2).join("+"));
  const raw = Buffer.from(key, "base64").subarray(1);
  const publicKey = createPublicKey({ key: Buffer.concat([DER_HEAD, raw]), format: "der", type: "spki" });
  return { logID: Buffer.from(id, "hex"), baseURL: name, publicKey };
}

function verdict(proof, known) {
  const entry = {
    canonicalizedBody: Buffer.from(proof.leaf, "base64"),
    inclusionProof: {
      logIndex: String(proof.index),
      hashes: proof.path.map((each) => Buffer.from(each, "base64")),
      checkpoint: { envelope: Buffer.from(proof.note, "base64").toString() },
    },
  };
  try {
    verifyTLogInclusion(entry, [known]);
    return "";
  } catch (error) {
    return error.message;
  }
}

const job = JSON.parse(require("fs").readFileSync(0, "utf8"));
const known = authority(job.key);
console.log(JSON.stringify(job.proofs.map((proof) => verdict(proof, known))));
