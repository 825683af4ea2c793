// Puts logged questions to cedar-wasm, which nobody here wrote: standard input {policies, schema, requests} as JSON,
// standard output one [decision, ids of the policies that decided, number of errors] per request.
// The first argument is the folder of @cedar-policy/cedar-wasm.
import { createRequire } from "node:module";
import { readFileSync } from "node:fs";

const cedar = createRequire(import.meta.url)(`${process.argv[2]}/nodejs/cedar_wasm.js`);
const { policies, schema, requests } = JSON.parse(readFileSync(0, "utf8"));

const must = (answer) => {
  if (answer.type !== "success") throw new Error(JSON.stringify(answer.errors));
  return answer;
};
must(cedar.preparsePolicySet("ringfence", { staticPolicies: policies }));
must(cedar.preparseSchema("ringfence", schema));

const answers = requests.map((request) => {
  const answer = cedar.statefulIsAuthorized({
    ...request,
    preparsedPolicySetId: "ringfence",
    preparsedSchemaName: "ringfence",
    validateRequest: true,
    entities: [],
  });
  if (answer.type !== "success") return ["refused", [], answer.errors.length];
  const { decision, diagnostics } = answer.response;
  return [decision, diagnostics.reason, diagnostics.errors.length];
});
process.stdout.write(JSON.stringify({ version: cedar.getCedarSDKVersion(), answers }));
