/** One support session at the endpoint: its tools, which live through lost connections, and its two lanes. */
import { AGENT_SESSION_SOCKET_PATH, type Lane } from "../../protocol/hello.ts";
import type { SupportSessionId } from "../../protocol/ids.ts";
import type { MessageBody, ToolEventBody, ToolEventType } from "../../protocol/messages.ts";
import { LaneConnection } from "../connection/lane.ts";
import type { Dial, Socket } from "../connection/socket.ts";
import type { CreateTool, SessionTool, ToolHandlers } from "../session-tool.ts";

export interface SupportSessionContext {
  readonly stateDirectory: string;
  readonly tools: readonly CreateTool[];
  readonly dial: Dial;
  readonly log: (line: string) => void;
  monotonicMs(): number;
}

/** A session whose lanes are gone waits this long for the server to call it again; then it ends and frees everything. */
export const SESSION_WAITS_MS = 10 * 60_000;

interface LaneSlot {
  readonly lane: LaneConnection;
  readonly socket: Socket;
}

export class SupportSession implements Disposable {
  readonly #tools: SessionTool[];
  readonly #handlers: ToolHandlers;
  readonly #lanes = new Map<Lane, LaneSlot>();
  #aloneSinceMs: number | null;
  #isOver = false;

  constructor(
    readonly id: SupportSessionId,
    private readonly context: SupportSessionContext,
  ) {
    this.#aloneSinceMs = context.monotonicMs();
    const emit = <T extends ToolEventType>(type: T, body: ToolEventBody<T>): void => {
      this.#lanes.get("interactive")?.lane.emit(type, body);
    };
    const { stateDirectory } = context;
    this.#tools = context.tools.map((create) => create({ session: id, stateDirectory, emit }));
    this.#handlers = mergeHandlers(this.#tools);
  }

  /** Dials the lanes the server lacks; one of them that still stands here is replaced, for the server does not see it. */
  begin({ interactiveTicket, bulkTicket, lanes = ["interactive", "bulk"] }: MessageBody<"session.begin">): void {
    if (lanes.includes("interactive")) this.#dial("interactive", interactiveTicket);
    if (lanes.includes("bulk")) this.#dial("bulk", bulkTicket);
  }

  /** True once nobody has called for too long. */
  isForgotten(nowMs: number): boolean {
    return this.#aloneSinceMs !== null && nowMs - this.#aloneSinceMs > SESSION_WAITS_MS;
  }

  tick(nowMs: number): void {
    for (const { lane } of [...this.#lanes.values()]) lane.tick(nowMs);
  }

  /** The server says the session is over for good: tools clear away what only waited to be gone on with. */
  async finish(): Promise<void> {
    this.#closeLanes();
    const ends = await Promise.allSettled(this.#tools.map((tool) => tool.end?.()));
    for (const end of ends) if (end.status === "rejected") this.context.log(describe(end.reason));
    this[Symbol.dispose]();
  }

  [Symbol.dispose](): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#closeLanes();
    for (const tool of this.#tools) tool[Symbol.dispose]();
  }

  #closeLanes(): void {
    const slots = [...this.#lanes.values()];
    this.#lanes.clear();
    for (const { lane, socket } of slots) {
      lane.close();
      socket.close();
    }
  }

  #dial(name: Lane, ticket: string): void {
    this.#drop(name);
    const lane = new LaneConnection({
      lane: name,
      session: this.id,
      handlers: this.#handlers,
      send: (frame) => socket.send(frame),
      onAttached: () => (this.#aloneSinceMs = null),
      onFailure: (reason) => {
        this.context.log(`the ${name} lane of a support session failed: ${reason}`);
        socket.close();
      },
      onUnexpected: (error) => this.context.log(describe(error)),
      monotonicMs: () => this.context.monotonicMs(),
    });
    const socket = this.context.dial(AGENT_SESSION_SOCKET_PATH, {
      onOpen: () => lane.attach(ticket),
      onFrame: (bytes) => lane.receive(bytes),
      onClose: () => {
        lane.close();
        if (this.#lanes.get(name)?.lane === lane) this.#lost(name);
      },
    });
    this.#lanes.set(name, { lane, socket });
  }

  /** Closes a lane that is about to be replaced. */
  #drop(name: Lane): void {
    const slot = this.#lanes.get(name);
    if (slot === undefined) return;
    this.#lost(name);
    slot.lane.close();
    slot.socket.close();
  }

  #lost(name: Lane): void {
    this.#lanes.delete(name);
    if (this.#lanes.size === 0) this.#aloneSinceMs = this.context.monotonicMs();
  }
}

function mergeHandlers(tools: readonly SessionTool[]): ToolHandlers {
  const merged: Record<string, unknown> = {};
  for (const { handlers } of tools) {
    for (const [type, handler] of Object.entries(handlers)) {
      if (Object.hasOwn(merged, type)) throw new Error(`two tools answer ${type}`);
      merged[type] = handler;
    }
  }
  return merged as ToolHandlers;
}

function describe(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
