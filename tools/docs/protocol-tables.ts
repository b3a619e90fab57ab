/** The tables of docs/protocol.md, made from the message tables themselves so that the page cannot be wrong. */
import type { TSchema } from "@sinclair/typebox";
import { errorCodes } from "../../protocol/errors.ts";
import { messages, toolEvents, tools } from "../../protocol/messages.ts";
import { permissions } from "../../protocol/permissions.ts";
import { channelWindows } from "../../protocol/channel.ts";
import { code, table } from "./table.ts";

/** A field list as "name, name?": what must be there and what may. */
function fields(schema: TSchema): string {
  const required = new Set<string>(schema["required"] ?? []);
  const names = Object.keys(schema["properties"] ?? {});
  return names.length === 0 ? "" : names.map((name) => (required.has(name) ? name : `${name}?`)).join(", ");
}

function messageTable(): string {
  return table(
    ["message", "from", "needs", "fields"],
    Object.entries(messages).map(([type, spec]) => [
      code(type),
      spec.from.join(", "),
      spec.access,
      fields(spec.schema),
    ]),
  );
}

function toolTable(): string {
  return table(
    ["request", "needs", "lane", "opens", "params", "reply", "result"],
    Object.entries(tools).map(([type, spec]) => [
      code(type),
      spec.access ?? "the server itself",
      spec.lane,
      spec.opens ?? "",
      fields(spec.params),
      code(spec.reply),
      fields(spec.result),
    ]),
  );
}

function toolEventTable(): string {
  return table(
    ["event", "goes to participants with", "fields"],
    Object.entries(toolEvents).map(([type, spec]) => [code(type), spec.access, fields(spec.schema)]),
  );
}

function windowTable(): string {
  return table(
    ["channel", "to the agent, bytes", "to the viewer, bytes"],
    Object.entries(channelWindows).map(([kind, window]) => [
      code(kind),
      String(window.toAgentBytes),
      String(window.toViewerBytes),
    ]),
  );
}

/** Each generated part of docs/protocol.md by its marker. */
export const protocolTables: Readonly<Record<string, () => string>> = {
  messages: messageTable,
  tools: toolTable,
  "tool-events": toolEventTable,
  windows: windowTable,
  permissions: () =>
    table(
      ["permission", "granted by", "lets one"],
      Object.entries(permissions).map(([name, { scope, sentence }]) => [code(name), scope, sentence]),
    ),
  errors: () => errorCodes.map(code).join(", "),
};

/** Puts the generated parts between their markers `<!-- name -->` and `<!-- /name -->`. */
export function fillTables(page: string): string {
  let filled = page;
  for (const [name, make] of Object.entries(protocolTables)) {
    const start = `<!-- ${name} -->`;
    const end = `<!-- /${name} -->`;
    const from = filled.indexOf(start);
    const to = filled.indexOf(end);
    if (from < 0 || to < from) throw new Error(`docs/protocol.md has no place marked ${start} … ${end}`);
    filled = `${filled.slice(0, from + start.length)}\n\n${make()}\n\n${filled.slice(to)}`;
  }
  return filled;
}
