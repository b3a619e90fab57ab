/** Tools of a support session in a test: what a console asks and how the scripted agent answers. */
import { type ToolType, tools } from "../../protocol/messages.ts";
import type { ToolSpec } from "../../protocol/messages/message.ts";
import type { ScriptedLanes } from "./scripted-agent.ts";
import type { ScriptedConsole } from "./scripted-console.ts";
import type { ScriptedSocket, ToolMessage } from "./scripted-socket.ts";

const ID = "B".repeat(22);
const OUTCOME = { succeeded: 1, skipped: 0, failed: 0, failures: [], wasCancelled: false };
const NOW = "2026-11-21T01:00:00.000Z";

interface Sample {
  readonly params: Readonly<Record<string, unknown>>;
  readonly result: Readonly<Record<string, unknown>>;
}

/** Good params and a good result of every tool a console may ask for. */
export const samples: { readonly [T in ToolType]?: Sample } = {
  "shell.open": {
    params: { rows: 24, columns: 80, writer: ID },
    result: { shell: ID, title: "bash", outputOffset: 0, inputOffset: 0 },
  },
  "shell.list": { params: {}, result: { shells: [] } },
  "shell.resize": { params: { shell: ID, rows: 25, columns: 80 }, result: {} },
  "shell.end": { params: { shell: ID }, result: {} },
  "screen.open": { params: { monitor: "all" }, result: {} },
  "screen.select": { params: { screenChannel: 1, monitor: 0 }, result: {} },
  "screen.refresh": { params: { screenChannel: 1 }, result: {} },
  "input.open": { params: {}, result: {} },
  "clipboard.send": { params: { text: "a secret" }, result: {} },
  "clipboard.fetch": { params: {}, result: { text: "another secret" } },
  "sysinfo.get": { params: {}, result: { takenAt: NOW, sections: [] } },
  "files.volumes": { params: {}, result: { volumes: [], shortcuts: [] } },
  "files.list": { params: { path: "/" }, result: { path: "/", parent: null, entries: [], next: null } },
  "files.make-directory": { params: { directory: "/srv", name: "new" }, result: { path: "/srv/new" } },
  "files.rename": { params: { path: "/srv/a", name: "b" }, result: { path: "/srv/b" } },
  "files.delete": { params: { paths: ["/srv/a"] }, result: OUTCOME },
  "files.copy": { params: { paths: ["/srv/a"], directory: "/tmp", conflict: "refuse" }, result: OUTCOME },
  "files.move": { params: { paths: ["/srv/a"], directory: "/tmp", conflict: "refuse" }, result: OUTCOME },
};

/** The lane on which the agent is asked for a tool. */
export function laneOf(lanes: ScriptedLanes, type: ToolType): ScriptedSocket {
  const spec: ToolSpec = tools[type];
  return lanes[spec.lane];
}

/** The agent's answer to a request: the sample's result under the tool's reply. */
export function answerTool(lane: ScriptedSocket, type: ToolType, request: ToolMessage): void {
  const { request: number, channel } = request;
  const envelope = channel === undefined ? { request: number } : { request: number, channel };
  lane.send({ ...samples[type]!.result, ...envelope, type: tools[type].reply });
}

/** Asks a tool, has the agent answer, and gives what the console got. */
export async function useTool(
  console: ScriptedConsole,
  lanes: ScriptedLanes,
  type: ToolType,
  session: string,
  params: Readonly<Record<string, unknown>> = {},
): Promise<ToolMessage> {
  const number = console.request(type, { ...samples[type]!.params, ...params, session });
  const lane = laneOf(lanes, type);
  answerTool(lane, type, await lane.nextTool(type));
  return await console.answer(number);
}

/** Opens a channel by a tool and gives its number. */
export async function openChannel(
  console: ScriptedConsole,
  lanes: ScriptedLanes,
  type: ToolType,
  session: string,
): Promise<number> {
  const { channel } = await useTool(console, lanes, type, session);
  return channel;
}
