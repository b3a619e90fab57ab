import { expect, test } from "bun:test";
import { messages, type Peer, tools, type ToolType } from "./messages.ts";
import { parseMessage } from "./parse.ts";

const bytes = (value: unknown): Uint8Array => new TextEncoder().encode(JSON.stringify(value));
const code = (value: unknown, from: Peer): string => {
  const parsed = parseMessage(bytes(value), from);
  return parsed.ok ? parsed.kind : parsed.code;
};
const session = "AAAAAAAAAAAAAAAAAAAAAA";
const open = { type: "shell.open", request: 1, session, rows: 24, columns: 80, writer: session };

test.each([
  ["a tool request from a console", open, "console", "tool"],
  ["a newer peer's added field", { ...open, later: true }, "console", "tool"],
  ["no session", { ...open, session: undefined }, "console", "message.invalid"],
  ["rows out of range", { ...open, rows: 0 }, "console", "message.invalid"],
  ["a tool request from an agent", open, "agent", "message.wrong_sender"],
  [
    "the server's own tool from a console",
    { type: "upload.discard", request: 1, session, transfer: session },
    "console",
    "message.wrong_sender",
  ],
  ["a reply from a console", { type: "shell.listed", request: 1, shells: [] }, "console", "message.wrong_sender"],
  ["a reply from an agent", { type: "shell.listed", request: 1, shells: [] }, "agent", "reply"],
  ["an event from an agent", { type: "shell.exited", shell: session, exitCode: 0 }, "agent", "tool-event"],
  ["an event from a console", { type: "shell.exited", shell: session, exitCode: 0 }, "console", "message.wrong_sender"],
  ["an unknown type", { type: "nope" }, "console", "message.unknown"],
  ["a name every object has", { type: "toString" }, "console", "message.unknown"],
  ["a name every object has, as prototype", { type: "__proto__" }, "console", "message.unknown"],
  ["no type", {}, "console", "message.malformed"],
  ["null", null, "console", "message.malformed"],
  ["a list", [], "console", "message.malformed"],
  ["a server's message from an agent", { type: "agent.uninstall", reason: "" }, "agent", "message.wrong_sender"],
] as const)("%s", (_name, value, from, expected) => {
  expect(code(value, from)).toBe(expected);
});

test("NA2 bytes that are not UTF-8 are refused as malformed", () => {
  for (const sequence of ["c080", "c0ae", "eda080", "f8", "80"]) {
    const text = Buffer.concat([
      Buffer.from('{"type":"console.hello","ticket":"'),
      Buffer.from(sequence, "hex"),
      Buffer.from('"}'),
    ]);
    expect(parseMessage(text, "console")).toMatchObject({ ok: false, code: "message.malformed" });
  }
});

test("a refusal finds its way back by the request's number", () => {
  expect(parseMessage(bytes({ ...open, rows: -1, request: 41 }), "console")).toMatchObject({ ok: false, request: 41 });
});

test("an unknown field is never relayed", () => {
  const parsed = parseMessage(bytes({ ...open, extra: "x", channel: 9 }), "console");
  if (!parsed.ok || parsed.kind !== "tool") throw new Error("not a tool request");
  expect(parsed.params).toEqual({ rows: 24, columns: 80, writer: session });
  expect(parsed.channel).toBeNull();
});

test("names with any byte survive JSON as lone surrogates", () => {
  const path = "/tmp/caf\udce9";
  const parsed = parseMessage(bytes({ type: "files.list", request: 1, session, path }), "console");
  if (!parsed.ok || parsed.kind !== "tool") throw new Error("not a tool request");
  expect(parsed.params["path"]).toBe(path);
});

test("NA11 everything a console can send names what it needs", () => {
  for (const [type, spec] of Object.entries(messages))
    if ((spec.from as readonly Peer[]).includes("console") && type !== "console.hello")
      expect([type, spec.access]).not.toContain("anyone");
});

test("each reply belongs to one tool and no name is used twice", () => {
  const replies = (Object.keys(tools) as ToolType[]).map((type) => tools[type].reply);
  const names = [...Object.keys(messages), ...Object.keys(tools), ...replies];
  expect(names.length).toBe(new Set(names).size);
});

test("NA1 20,000 mutated messages are parsed or refused, never thrown", () => {
  const seed = bytes(open);
  for (let round = 0; round < 20_000; round++) {
    const mutated = seed.slice(0, 1 + (round % seed.length));
    for (let flip = 0; flip < round % 5; flip++)
      mutated[(round * 31 + flip * 17) % mutated.length] = (round * 7 + flip) & 255;
    for (const from of ["console", "agent", "server"] as const) parseMessage(mutated, from);
  }
});
