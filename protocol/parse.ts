/**
 * Control payloads to messages. Unknown types and unknown fields never end a connection; anything else that is off is
 * told apart by code, so that the sender learns what was wrong and the log what was tried.
 */
import { type Static, type TObject, Type } from "@sinclair/typebox";
import { Value } from "@sinclair/typebox/value";
import { ID_PATTERN } from "./ids.ts";
import {
  type Message,
  type MessageSpec,
  messages,
  type MessageType,
  type Peer,
  toolEvents,
  type ToolEventType,
  tools,
  type ToolType,
} from "./messages.ts";

const Request = Type.Integer({ minimum: 1, maximum: 0x7fff_ffff });
const Channel = Type.Integer({ minimum: 1, maximum: 0xffff_ffff });

/** What stands beside a tool's params on the console's leg. */
const FromConsole = Type.Object({ request: Request, session: Type.String({ pattern: ID_PATTERN }) });
/** What stands beside them on the agent's leg. `channel` where the tool opens one. */
const ToAgent = Type.Object({ request: Request, channel: Type.Optional(Channel) });
/** What stands beside a result. */
const Reply = Type.Object({ request: Request, channel: Type.Optional(Channel) });

export type ParseRefusalCode = "message.malformed" | "message.unknown" | "message.wrong_sender" | "message.invalid";

/** `request` of a refused message where it had a readable one, so that the refusal finds its way back. */
export interface ParseRefusal {
  readonly ok: false;
  readonly code: ParseRefusalCode;
  readonly detail: string;
  readonly request: number | null;
}
export type ParsedTool = {
  readonly ok: true;
  readonly kind: "tool";
  readonly type: ToolType;
  readonly request: number;
  readonly session: string | null;
  readonly channel: number | null;
  readonly params: Record<string, unknown>;
};
export type ParsedReply = {
  readonly ok: true;
  readonly kind: "reply";
  readonly tool: ToolType;
  readonly request: number;
  readonly channel: number | null;
  readonly result: Record<string, unknown>;
};
export type ParsedToolEvent = {
  readonly ok: true;
  readonly kind: "tool-event";
  readonly type: ToolEventType;
  readonly session: string | null;
  readonly body: Record<string, unknown>;
};
export type ParsedMessage = { readonly ok: true; readonly kind: "message"; readonly message: Message };
export type Parsed = ParsedMessage | ParsedTool | ParsedReply | ParsedToolEvent | ParseRefusal;

const toolByReply = new Map<string, ToolType>(
  (Object.keys(tools) as ToolType[]).map((type) => [tools[type].reply, type]),
);

/** The JSON value in a control payload, or `undefined` when the bytes are not UTF-8 (NA2) or not JSON. */
function decodeJson(payload: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(payload));
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof TypeError) return undefined;
    throw error;
  }
}

/** Parses one control payload that came from `from`. Never throws for anything a peer may send. */
export function parseMessage(payload: Uint8Array, from: Peer): Parsed {
  const value = decodeJson(payload);
  if (typeof value !== "object" || value === null) return refuse("message.malformed", "not a JSON object", null);
  const type = (value as { type?: unknown }).type;
  const request = readRequest(value);
  if (typeof type !== "string") return refuse("message.malformed", "no type", request);
  if (Object.hasOwn(messages, type)) return parseControl(type as MessageType, value, from, request);
  if (Object.hasOwn(tools, type)) return parseTool(type as ToolType, value, from, request);
  if (Object.hasOwn(toolEvents, type)) return parseToolEvent(type as ToolEventType, value, from, request);
  const replied = toolByReply.get(type);
  if (replied !== undefined) return parseReply(replied, value, from, request);
  return refuse("message.unknown", type.slice(0, 64), request);
}

function parseControl(type: MessageType, value: object, from: Peer, request: number | null): Parsed {
  const spec: MessageSpec = messages[type];
  if (!spec.from.includes(from)) return refuse("message.wrong_sender", `${type} from ${from}`, request);
  const wrong = firstError(spec.schema, value);
  if (wrong !== null) return refuse("message.invalid", `${type}${wrong}`, request);
  return { ok: true, kind: "message", message: value as Message };
}

function parseTool(type: ToolType, value: object, from: Peer, request: number | null): Parsed {
  const spec = tools[type];
  if (from === "agent" || (from === "console" && spec.access === null))
    return refuse("message.wrong_sender", `${type} from ${from}`, request);
  const envelope = from === "console" ? FromConsole : ToAgent;
  const wrong = firstError(envelope, value) ?? firstError(spec.params, value);
  if (wrong !== null) return refuse("message.invalid", `${type}${wrong}`, request);
  const beside = value as Static<typeof ToAgent> & { session?: string };
  return {
    ok: true,
    kind: "tool",
    type,
    request: beside.request,
    session: from === "console" ? beside.session! : null,
    channel: from === "server" ? (beside.channel ?? null) : null,
    params: pick(spec.params, value),
  };
}

function parseReply(tool: ToolType, value: object, from: Peer, request: number | null): Parsed {
  const spec = tools[tool];
  if (from === "console") return refuse("message.wrong_sender", `${spec.reply} from ${from}`, request);
  const wrong = firstError(Reply, value) ?? firstError(spec.result, value);
  if (wrong !== null) return refuse("message.invalid", `${spec.reply}${wrong}`, request);
  const beside = value as Static<typeof Reply>;
  return {
    ok: true,
    kind: "reply",
    tool,
    request: beside.request,
    channel: beside.channel ?? null,
    result: pick(spec.result, value),
  };
}

function parseToolEvent(type: ToolEventType, value: object, from: Peer, request: number | null): Parsed {
  if (from === "console") return refuse("message.wrong_sender", `${type} from ${from}`, request);
  const spec = toolEvents[type];
  const wrong = firstError(spec.schema, value);
  if (wrong !== null) return refuse("message.invalid", `${type}${wrong}`, request);
  const session = (value as { session?: unknown }).session;
  return {
    ok: true,
    kind: "tool-event",
    type,
    session: typeof session === "string" ? session : null,
    body: pick(spec.schema, value),
  };
}

/** Only what the schema knows goes on: an unknown field is never relayed. */
function pick(schema: TObject, value: object): Record<string, unknown> {
  const from = value as Record<string, unknown>;
  const picked: Record<string, unknown> = {};
  for (const name of Object.keys(schema.properties)) if (from[name] !== undefined) picked[name] = from[name];
  return picked;
}

function readRequest(value: object): number | null {
  const { request } = value as { request?: unknown };
  return Number.isInteger(request) && (request as number) > 0 ? (request as number) : null;
}

function firstError(schema: TObject, value: object): string | null {
  if (Value.Check(schema, value)) return null;
  const error = Value.Errors(schema, value).First();
  return ` ${error?.path ?? ""}: ${error?.message ?? "does not fit"}`;
}

function refuse(code: ParseRefusalCode, detail: string, request: number | null): ParseRefusal {
  return { ok: false, code, detail: detail.slice(0, 300), request };
}

/** A message, tool request, reply or event as the payload of a control frame. */
export function encodeMessage(value: { readonly type: string } & Record<string, unknown>): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(JSON.stringify(value));
}
