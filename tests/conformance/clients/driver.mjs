// As driver.py, for the JavaScript SDK: one task per line in, what it saw out.
import OpenAI from "openai";
import readline from "node:readline";

const SYSTEM = "Answer shortly.";
const NAME = "look_up";
const SAYS = "Looks a parcel up.";
const SCHEMA = {
  type: "object",
  properties: { text: { type: "string" } },
  required: ["text"],
  additionalProperties: false,
};

const said = (content, calls = []) => ({ content: content || "", calls });

function turns(task) {
  const before = [
    { role: "user", content: "Hello" },
    { role: "assistant", content: "Good day." },
  ];
  return [...(task.case === "turns" ? before : []), { role: "user", content: task.text }];
}

function chatArguments(task) {
  let messages = turns(task);
  const more = {};
  if (task.case === "system") messages.unshift({ role: "system", content: SYSTEM });
  if (task.case === "tool" || task.case === "loop") {
    more.tools = [{ type: "function", function: { name: NAME, description: SAYS, parameters: SCHEMA, strict: true } }];
  }
  if (task.case === "loop") {
    const call = { id: "call_1", type: "function", function: { name: NAME, arguments: '{"text":"it"}' } };
    messages = [
      { role: "user", content: "Look it up." },
      { role: "assistant", content: null, tool_calls: [call] },
      { role: "tool", tool_call_id: "call_1", content: task.text },
    ];
  }
  if (task.case === "structured") {
    more.response_format = { type: "json_schema", json_schema: { name: "parcel", schema: SCHEMA, strict: true } };
  }
  return { model: task.model, messages, ...more };
}

async function chat(client, task) {
  const asked = chatArguments(task);
  const completion = task.stream
    ? await client.chat.completions.stream(asked).finalChatCompletion()
    : await client.chat.completions.create(asked);
  const message = completion.choices[0].message;
  return said(message.content, (message.tool_calls ?? []).map((call) => [call.function.name, call.function.arguments]));
}

function responsesArguments(task) {
  let input = task.case === "turns" ? turns(task) : task.text;
  const more = {};
  if (task.case === "system") more.instructions = SYSTEM;
  if (task.case === "tool" || task.case === "loop") {
    more.tools = [{ type: "function", name: NAME, description: SAYS, parameters: SCHEMA, strict: true }];
  }
  if (task.case === "loop") {
    input = [
      { role: "user", content: "Look it up." },
      { type: "function_call", call_id: "call_1", name: NAME, arguments: '{"text":"it"}' },
      { type: "function_call_output", call_id: "call_1", output: task.text },
    ];
  }
  if (task.case === "structured") {
    more.text = { format: { type: "json_schema", name: "parcel", schema: SCHEMA, strict: true } };
  }
  return { model: task.model, input, ...more };
}

async function responses(client, task) {
  const asked = responsesArguments(task);
  const response = task.stream
    ? await client.responses.stream(asked).finalResponse()
    : await client.responses.create(asked);
  const text = response.output
    .filter((item) => item.type === "message")
    .flatMap((item) => item.content.map((part) => part.text ?? ""))
    .join("");
  const calls = response.output.filter((item) => item.type === "function_call");
  return said(text, calls.map((item) => [item.name, item.arguments]));
}

async function embeddings(client, task) {
  const found = await client.embeddings.create({ model: task.model, input: [task.text], encoding_format: "float" });
  const vector = found.data[0].embedding;
  return said(JSON.stringify([vector.length, vector.every((each) => typeof each === "number")]));
}

async function models(client, task) {
  const names = [];
  for await (const model of client.models.list()) names.push(model.id);
  const one = await client.models.retrieve(task.model);
  return said(JSON.stringify([one.id, new Set(names).size === names.length]));
}

const CLIENTS = { chat, responses, embeddings, models };

for await (const line of readline.createInterface({ input: process.stdin })) {
  const task = JSON.parse(line);
  let seen;
  try {
    const client = new OpenAI({ baseURL: `${task.url}/v1`, apiKey: task.key, maxRetries: 0 });
    seen = await CLIENTS[task.dialect](client, task);
  } catch (error) {
    seen = { error: [error.constructor.name, error.status ?? 0, String(error.message)] };
  }
  process.stdout.write(`${JSON.stringify(seen)}\n`);
}
