import type { TObject } from "@sinclair/typebox";
import type { AuditAction } from "../audit.ts";
import type { ChannelKind } from "../channel.ts";
import type { Lane } from "../hello.ts";
import type { RepresentativeAccess } from "../permissions.ts";

export type Peer = "console" | "agent" | "server";

/** One control message: who may send it, what the sender needs, what it looks like beside its `type`. */
export interface MessageSpec {
  readonly from: readonly Peer[];
  readonly access: RepresentativeAccess;
  readonly schema: TObject;
}
export const message = <const S extends MessageSpec>(spec: S): S => spec;

/**
 * One request to a tool of a support session, which the gateway hands from a console to the agent and whose one reply it
 * hands back. The console's form has `request` and `session` beside `params`; the agent's has `request` and, where
 * `opens` names a kind, the `channel` the server made. The reply carries `request`, `result` and that `channel`.
 * A long request tells of itself by `tool.progress` and ends by its reply; `tool.cancel` asks it to stop.
 */
export interface ToolSpec {
  /** null: only the server itself asks this, on behalf of an HTTP route that named its own permission. */
  readonly access: Exclude<RepresentativeAccess, "anyone" | "signed-in"> | null;
  readonly lane: Lane;
  readonly opens: ChannelKind | null;
  readonly params: TObject;
  readonly reply: string;
  readonly result: TObject;
  /** What the audit log records when the reply (or refusal) has come; null: not worth a row of its own. */
  readonly audit: AuditAction | null;
}
export const tool = <const S extends ToolSpec>(spec: S): S => spec;

/** Something a tool tells of itself; it goes to every participant who holds `access`. */
export interface ToolEventSpec {
  readonly access: Exclude<RepresentativeAccess, "anyone" | "signed-in">;
  readonly schema: TObject;
}
export const toolEvent = <const S extends ToolEventSpec>(spec: S): S => spec;
