import { expect, test } from "bun:test";
import type { RepresentativeId } from "../../protocol/ids.ts";
import { type ToolType, tools } from "../../protocol/messages.ts";
import { readSessionLine } from "../../protocol/session-lines.ts";
import { downloadedText, endedText, uploadedText } from "../file-transfers/transfer-texts.ts";
import type { SessionFacts } from "../support-sessions/live-session.ts";
import {
  AGENT_LOST_LIMIT_MS,
  EMPTY_LIMIT_MS,
  type SessionInput,
  startSession,
  stepSession,
} from "../support-sessions/session.ts";
import { toolRecord } from "./tool-record.ts";

const ines = "ines" as RepresentativeId;
const tom = "tom" as RepresentativeId;
const at = (ms: number) => ({ ms, iso: new Date(1_800_000_000_000 + ms).toISOString() });
const joins: SessionInput = { type: "joined", representative: tom, displayName: "Tom" };
const attached: readonly SessionInput[] = [
  { type: "lane-attached", lane: "interactive" },
  { type: "lane-attached", lane: "bulk" },
];

/** The lines a session writes while these inputs come, and what it tells those it is over for. */
function linesOf(...inputs: readonly (SessionInput | number)[]): readonly string[] {
  let { model, effects } = startSession("finch", { representative: ines, displayName: "Ines" }, at(0));
  const all = [...effects];
  let ms = 0;
  for (const input of inputs) {
    if (typeof input === "number") {
      ms += input;
      continue;
    }
    ms += 1000;
    ({ model, effects } = stepSession(model, input, at(ms)));
    all.push(...effects);
  }
  return all.flatMap((effect) =>
    effect.type === "log" ? [effect.text] : effect.type === "dismiss" ? [effect.message.replace(/\.$/u, "")] : [],
  );
}

const lives: readonly (readonly (SessionInput | number)[])[] = [
  [...attached, joins, { type: "console-lost", representative: tom }, { type: "console-back", representative: tom }],
  [...attached, joins, { type: "left", representative: ines }, { type: "left", representative: tom }],
  [...attached, joins, { type: "end-asked", representative: tom }],
  [...attached, { type: "lane-lost", lane: "interactive" }, { type: "lane-attached", lane: "interactive" }],
  [...attached, { type: "lane-lost", lane: "interactive" }, AGENT_LOST_LIMIT_MS, { type: "ticked" }],
  [...attached, { type: "console-lost", representative: ines }, EMPTY_LIMIT_MS, { type: "ticked" }],
  [...attached, { ...joins, isPastSchedule: true }, { type: "jump-client-removed" }],
];

test("every line a session writes of itself looks like one the pages know", () => {
  const lines = lives.flatMap((life) => linesOf(...life));
  expect(lines.length).toBeGreaterThan(20);
  expect(lines.filter((line) => readSessionLine(line) === null)).toEqual([]);
});

test("every line of a tool and of a transfer looks like one the pages know", () => {
  const params = { path: "/a", paths: ["/a"], name: "b", directory: "/c", text: "x" };
  const results = [
    { succeeded: 1, failed: 0 },
    { succeeded: 2, failed: 0 },
    { succeeded: 2, failed: 1 },
  ].map((counts) => ({
    ...counts,
    path: "/c/b",
    text: "xy",
  }));
  const who = { actor: { kind: "representative", id: "ines", name: "Ines" }, displayName: "Ines" } as const;
  const facts = { jumpClient: "finch", name: "finch" } as unknown as SessionFacts;
  const ofTools = (Object.keys(tools) as ToolType[]).flatMap((type) =>
    results.flatMap(
      (result) => toolRecord(type, params, { ok: true, result } as never, who as never, facts).line?.text ?? [],
    ),
  );
  const ofTransfers = (["file", "directory"] as const).flatMap((kind) =>
    (["download", "upload"] as const).flatMap((direction) => {
      const row = { name: "a.txt", kind, direction, size_bytes: 2048 };
      const done = { ...row, state: "finished" };
      return [
        direction === "download" ? downloadedText("Ines", done) : uploadedText("Ines", done),
        endedText("Ines", { ...row, state: "cancelled" }),
        endedText("Ines", { ...row, state: "failed" }, "The disk is full."),
      ];
    }),
  );
  expect(ofTools.length).toBeGreaterThan(15);
  expect([...ofTools, ...ofTransfers].filter((line) => readSessionLine(line) === null)).toEqual([]);
});
