/** What the audit log and the session's own log say of a tool request. Pure. Contents never stand in them (NA25). */
import { type ToolType, tools } from "../../protocol/messages.ts";
import type { ToolSpec } from "../../protocol/messages/message.ts";
import type { SessionEvent } from "../../protocol/messages/session.ts";
import type { AuditActor, AuditEvent } from "../audit/audit-event.ts";
import type { SessionFacts } from "../support-sessions/live-session.ts";
import type { ToolOutcome } from "./tool-requests.ts";

/** Paths named in one audit row; a longer list says how many there were. */
const MAX_NAMED_PATHS = 20;

type Values = Readonly<Record<string, unknown>>;
type Line = { readonly kind: SessionEvent["kind"]; readonly text: string };

export interface ToolRecord {
  readonly audit: AuditEvent | null;
  readonly line: Line | null;
}

/** The record of a finished request; both parts are null for what is not worth one. */
export function toolRecord(
  type: ToolType,
  params: Values,
  outcome: ToolOutcome,
  who: { readonly actor: AuditActor; readonly displayName: string },
  session: SessionFacts,
): ToolRecord {
  const spec: ToolSpec = tools[type];
  if (spec.audit === null) return { audit: null, line: null };
  const result: Values = outcome.ok ? outcome.result : {};
  const files = filesOf(params);
  const object =
    files.length > 0
      ? { kind: "file", id: "", name: shorten(files[0]!) }
      : { kind: "jump-client", id: session.jumpClient, name: session.name };
  const detail = outcome.ok ? detailOf(type, params, result, files) : { code: outcome.code, ...pathsOf(files) };
  return {
    audit: { action: spec.audit, outcome: outcome.ok ? "succeeded" : "failed", actor: who.actor, object, detail },
    line: outcome.ok
      ? lineOf(type, who.displayName, params, result)
      : failureLine(who.displayName, spec.audit, outcome),
  };
}

function detailOf(type: ToolType, params: Values, result: Values, files: readonly string[]): Values {
  if (type === "clipboard.send") return { characters: String(params["text"]).length };
  if (type === "clipboard.fetch") return { characters: String(result["text"]).length };
  if (type === "shell.open") return { shell: result["shell"], isReopened: params["shell"] !== undefined };
  if (type === "shell.end") return { shell: params["shell"] };
  if (type === "files.rename") return { ...pathsOf(files), newName: params["name"] };
  if (type === "files.make-directory") return { path: result["path"] };
  if (files.length === 0) return {};
  const { succeeded, skipped, failed, wasCancelled } = result;
  return { ...pathsOf(files), to: params["directory"], succeeded, skipped, failed, wasCancelled };
}

function pathsOf(files: readonly string[]): Values {
  if (files.length === 0) return {};
  return { paths: files.slice(0, MAX_NAMED_PATHS).map(shorten), count: files.length };
}

function filesOf(params: Values): string[] {
  const { paths, path, directory } = params;
  if (Array.isArray(paths)) return paths.filter((one) => typeof one === "string");
  if (typeof path === "string") return [path];
  return typeof directory === "string" ? [directory] : [];
}

/** What each tool's line says after the person's name. A tool that is not here is not worth a line. */
const lines: { readonly [T in ToolType]?: (params: Values, result: Values) => Line | null } = {
  "screen.open": () => ({ kind: "screen", text: "opened the screen" }),
  "input.open": () => ({ kind: "screen", text: "took control of keyboard and mouse" }),
  "shell.open": (params) => (params["shell"] === undefined ? { kind: "shell", text: "opened a command shell" } : null),
  "shell.end": () => ({ kind: "shell", text: "ended a command shell" }),
  "clipboard.send": (params) => clipboardLine("sent", String(params["text"])),
  "clipboard.fetch": (_, result) => clipboardLine("fetched", String(result["text"])),
  "sysinfo.get": () => ({ kind: "sysinfo", text: "looked at the system information" }),
  "files.make-directory": (_, result) => ({ kind: "files", text: `created the folder ${result["path"]}` }),
  "files.rename": (params) => ({ kind: "files", text: `renamed ${params["path"]} to ${params["name"]}` }),
  "files.delete": (_, result) => ({ kind: "files", text: `deleted ${countOf(result)}` }),
  "files.copy": (params, result) => ({ kind: "files", text: `copied ${countOf(result)} to ${params["directory"]}` }),
  "files.move": (params, result) => ({ kind: "files", text: `moved ${countOf(result)} to ${params["directory"]}` }),
};

function lineOf(type: ToolType, displayName: string, params: Values, result: Values): Line | null {
  const line = lines[type]?.(params, result) ?? null;
  return line === null ? null : { kind: line.kind, text: shorten(`${displayName} ${line.text}`) };
}

function failureLine(displayName: string, action: string, outcome: Extract<ToolOutcome, { ok: false }>): Line | null {
  if (!action.startsWith("files.")) return null;
  return { kind: "warning", text: shorten(`${displayName}: ${outcome.message}`) };
}

function clipboardLine(what: string, text: string): Line {
  return { kind: "clipboard", text: `${what} ${text.length} characters of clipboard text` };
}

function countOf(result: Values): string {
  const succeeded = Number(result["succeeded"]);
  const failed = Number(result["failed"]);
  const items = `${succeeded} ${succeeded === 1 ? "item" : "items"}`;
  return failed > 0 ? `${items} (${failed} failed)` : items;
}

function shorten(text: string): string {
  return text.length <= 500 ? text : `${text.slice(0, 499)}…`;
}
