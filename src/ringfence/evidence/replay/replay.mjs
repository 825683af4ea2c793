// Derives decisions anew from the facts that records hold. It uses none of Ringfence's Python: only this file, Node.js
// and npm's @cedar-policy/cedar-wasm, so that an auditor can read all of it and run it by hand:
//
//   { cat policies/DIGEST.json; echo; cat records.ndjson; } | node replay.mjs FOLDER_OF_CEDAR_WASM
//
// Standard input: one line with what a policy digest stands for, then records (ledger-format.md), one a line; what is
// no `decided` record is passed over. Standard output: one line about the engine and the rules, then one line for each
// decided record. Nothing is compared here; docs/how-to/replay-decisions.md says what is.
import { createRequire } from "node:module";
import { readFileSync } from "node:fs";

const cedar = createRequire(import.meta.url)(`${process.argv[2]}/nodejs/cedar_wasm.js`);
const say = (value) => process.stdout.write(`${JSON.stringify(value)}\n`);
const must = (answer) => {
  if (answer.type !== "success") throw new Error(answer.errors.map((error) => error.message).join("; "));
  return answer;
};

// ---- What a rule reads ---------------------------------------------------------------------------------------------

// Fields that the terms catalogue does not know are counted, not named, in a record with regulated labels. A rule that
// only asks whether there are any gets the same answer from the count; any other way to look at them may not.
const COUNTED = "unknown_fields";
const isContext = (node) => node?.Var === "context";
const isCounted = (node) => node?.["."]?.attr === COUNTED && isContext(node["."].left);

// The members of `context` that a piece of Cedar's own JSON form of a rule looks at; "*" is all of them.
function reads(node, found) {
  if (isContext(node)) found.add("*");
  else if (isContext(node?.["."]?.left)) found.add(node["."].attr);
  else if (isContext(node?.has?.left)) found.add(node.has.attr);
  else if (node && typeof node === "object") for (const part of Object.values(node)) reads(part, found);
  return found;
}

function namesFields(node) {
  if (isContext(node) || isCounted(node)) return true;
  if (isContext(node?.["."]?.left) || isContext(node?.has?.left) || isCounted(node?.isEmpty?.arg)) return false;
  return Boolean(node) && typeof node === "object" && Object.values(node).some(namesFields);
}

// ---- The rules and the schema --------------------------------------------------------------------------------------

// Files are read as one text in the order of their names, in which JSON holds them. Each rule goes by its @id.
function readRules(policies) {
  const text = Object.values(policies).join("\n");
  const parts = must(cedar.policySetTextToParts(text)).policies;
  return parts
    .map((part) => ({ part, place: text.indexOf(part), json: must(cedar.policyToJson(part)).json }))
    .sort((one, other) => one.place - other.place)
    .map(({ part, json }) => ({
      id: json.annotations.id,
      forbids: json.effect === "forbid",
      text: part,
      reads: [...reads(json.conditions, new Set())].sort(),
      namesFields: namesFields(json.conditions),
    }));
}

const content = readFileSync(0, "utf8").split("\n");
const policy = JSON.parse(content[0]);
const rules = readRules(policy.policies);
const byId = new Map(rules.map((rule, place) => [rule.id, { ...rule, place }]));
const schema = must(cedar.schemaToJsonWithResolvedTypes(policy.schema)).json;
const members = schema[""].actions.send.appliesTo.context.attributes;
must(cedar.preparsePolicySet("rules", { staticPolicies: Object.fromEntries(rules.map((rule) => [rule.id, rule.text])) }));
must(cedar.preparseSchema("schema", policy.schema));

// ---- From a record's facts to the question -------------------------------------------------------------------------

// A value as the schema types it: a member of a closed list is an entity, everything else is itself.
function typed(value, type) {
  if (type.type === "Entity") return { __entity: { type: type.name, id: value } };
  if (type.type === "Set") return value.map((each) => typed(each, type.element));
  return value;
}

// The whole question. `client` and `service` are principal and resource, `now` is the minute of `asked_at` in UTC, and
// every other member of `context` is the fact of that name.
function question(facts, askedAt) {
  const context = {};
  for (const [name, type] of Object.entries(members)) {
    if (name === "now") {
      const minute = new Date(askedAt);
      minute.setUTCSeconds(0, 0);
      context.now = { __extn: { fn: "datetime", arg: minute.toISOString().replace(".000Z", "Z") } };
    } else context[name] = typed(facts[name], type);
  }
  return {
    principal: { type: "Client", id: facts.client },
    action: { type: "Action", id: "send" },
    resource: { type: "Service", id: facts.service },
    context,
    entities: [],
    preparsedPolicySetId: "rules",
    preparsedSchemaName: "schema",
    validateRequest: true,
  };
}

// ---- From Cedar's answer to a verdict, and from verdicts to the decision -------------------------------------------

function fits(value, type) {
  if (type.type === "Bool") return typeof value === "boolean";
  if (type.type === "Set") return Array.isArray(value) && value.every((each) => fits(each, type.element));
  if (type.type === "Entity") return schema[""].entityTypes[type.name].enum.includes(value);
  return typeof value === "string";
}

// The facts that the schema does not know, that it asks for and does not find, or that it types otherwise.
function misfits(facts) {
  const asked = Object.entries(members).filter(([name]) => name !== "now");
  return [
    ...Object.keys(facts).filter((name) => !["client", "service"].includes(name) && !Object.hasOwn(members, name)),
    ...["client", "service"].filter((name) => typeof facts[name] !== "string"),
    ...asked.filter(([name, type]) => !Object.hasOwn(facts, name) || !fits(facts[name], type)).map(([name]) => name),
  ];
}

function verdict(facts, askedAt) {
  const wrong = misfits(facts);
  const said = (allowed, ids) => ({ allowed, rules: ids, misfits: wrong });
  // A question that does not fit the schema has no answer, and is denied.
  if (wrong.length) return said(false, ["policy-error"]);
  const answer = cedar.statefulIsAuthorized(question(facts, askedAt));
  if (answer.type !== "success") return said(false, ["policy-error"]);
  const { decision, diagnostics } = answer.response;
  const decided = diagnostics.reason.map((id) => byId.get(id)).sort((one, other) => one.place - other.place);
  const ids = decided.map((rule) => rule.id);
  // A rule that can't be evaluated denies; Cedar alone would pass over it.
  if (diagnostics.errors.length)
    return said(false, [...decided.filter((rule) => rule.forbids).map((rule) => rule.id), "policy-error"]);
  return ids.length ? said(decision === "allow", ids) : said(false, ["nothing-permits"]);
}

function effect(taken) {
  if (!taken) return "DENY";
  if (taken.rerouted) return "REROUTE";
  return taken.form === "masked" ? "MASK" : "ALLOW";
}

// The first candidate that is allowed is the one taken; those after it were never asked about. All are asked here, so
// that a reader sees what each one's facts say.
function derive(body) {
  const verdicts = body.candidates.map((candidate) => verdict(candidate.facts, body.asked_at));
  const at = verdicts.findIndex((each) => each.allowed);
  const taken = at < 0 ? undefined : body.candidates[at].facts;
  const deciding = at < 0 ? verdicts : [verdicts[at]];
  const ids = [...new Set(deciding.flatMap((each) => each.rules))];
  return {
    candidates: verdicts,
    taken: at,
    effect: effect(taken),
    service: taken ? taken.service : "",
    form: taken ? taken.form : "as_requested",
    rules: ids.length ? ids : ["no-candidate"],
  };
}

say({
  cedar: cedar.getCedarSDKVersion(),
  rules: Object.fromEntries(rules.map((rule) => [rule.id, { reads: rule.reads, names_fields: rule.namesFields }])),
});
for (const line of content.slice(1)) {
  if (!line) continue;
  try {
    const record = JSON.parse(line);
    if (record.phase === "decided") say(derive(record.body));
  } catch (error) {
    say({ failed: `${error.name}: ${error.message}` });
  }
}
