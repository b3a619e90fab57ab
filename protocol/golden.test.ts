import { expect, test } from "bun:test";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Peer } from "./messages.ts";
import { encodeMessage, parseMessage } from "./parse.ts";

interface Golden {
  readonly from: Peer;
  readonly payload: { readonly type: string } & Record<string, unknown>;
}

const golden = join(import.meta.dirname, "golden");

test.each(readdirSync(golden))("every message of release %s is still read", (release) => {
  const lines = readFileSync(join(golden, release, "messages.jsonl"), "utf8")
    .trimEnd()
    .split("\n");
  expect(lines.length).toBeGreaterThan(100);
  for (const line of lines) {
    const { from, payload } = JSON.parse(line) as Golden;
    const parsed = parseMessage(encodeMessage(payload), from);
    expect(parsed.ok ? "read" : `${payload.type} from ${from}: ${parsed.code} ${parsed.detail}`).toBe("read");
  }
});
