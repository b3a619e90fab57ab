/**
 * `make golden` leaves this release's messages in protocol/golden/vN, one JSON line each: who sends it, and the payload.
 * Later releases must still read them, so a file that stands there is never written again.
 */
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { type MessageSpec, messages, type Peer, toolEvents, tools } from "../../protocol/messages.ts";
import { PROTOCOL_VERSION } from "../../protocol/version.ts";
import { sample } from "./sample.ts";

const session = "A".repeat(22);

function* goldenMessages(): Generator<{ readonly from: Peer; readonly payload: Record<string, unknown> }> {
  for (const isFull of [false, true]) {
    for (const [type, spec] of Object.entries<MessageSpec>(messages))
      for (const from of spec.from)
        yield { from, payload: { type, ...(sample(spec.schema, isFull) as Record<string, unknown>) } };
    for (const [type, spec] of Object.entries(tools)) {
      const params = sample(spec.params, isFull) as Record<string, unknown>;
      const result = sample(spec.result, isFull) as Record<string, unknown>;
      const channel = spec.opens === null ? {} : { channel: 1 };
      if (spec.access !== null) yield { from: "console", payload: { type, request: 1, session, ...params } };
      yield { from: "server", payload: { type, request: 1, ...channel, ...params } };
      yield { from: "agent", payload: { type: spec.reply, request: 1, ...channel, ...result } };
    }
    for (const [type, spec] of Object.entries(toolEvents))
      yield { from: "agent", payload: { type, ...(sample(spec.schema, isFull) as Record<string, unknown>) } };
  }
}

const folder = `protocol/golden/v${PROTOCOL_VERSION}`;
const file = `${folder}/messages.jsonl`;
if (existsSync(file)) {
  console.error(`${file} stands already. A release's messages never change: raise PROTOCOL_VERSION first.`);
  process.exit(1);
}
mkdirSync(folder, { recursive: true });
writeFileSync(file, [...goldenMessages()].map((message) => `${JSON.stringify(message)}\n`).join(""));
