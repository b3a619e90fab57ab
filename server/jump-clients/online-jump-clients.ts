import type { JumpClientId } from "../../protocol/ids.ts";
import type { Message } from "../../protocol/messages.ts";

/** The standing connection of one Jump Client. */
export interface AgentConnection {
  readonly jumpClient: JumpClientId | null;
  /** What the agent said in its hello. */
  readonly capabilities: readonly string[];
  /** Monotonic milliseconds at which it was last heard. */
  readonly heardMs: number;
  send(message: Message): void;
  /** Sends bytes already made, which many connections share. */
  sendFrame(frame: Uint8Array<ArrayBuffer>): void;
  /** Tells it to uninstall itself. */
  dismiss(reason: string): void;
  /** Another connection of the same Jump Client has come. */
  close(): void;
  /** Nothing was heard of it for too long. */
  terminate(): void;
}

/** Who is connected right now. A second connection of the same Jump Client takes the place of the first. */
export class OnlineJumpClients {
  readonly #connections = new Map<JumpClientId, AgentConnection>();

  get size(): number {
    return this.#connections.size;
  }

  get(jumpClient: string): AgentConnection | undefined {
    return this.#connections.get(jumpClient as JumpClientId);
  }

  /** Registers; returns the connection that was there before, for the caller to close. */
  add(jumpClient: JumpClientId, connection: AgentConnection): AgentConnection | undefined {
    const before = this.#connections.get(jumpClient);
    this.#connections.set(jumpClient, connection);
    return before;
  }

  /** Forgets the connection; `false` when another one has already taken its place. */
  delete(jumpClient: JumpClientId, connection: AgentConnection): boolean {
    return this.#connections.get(jumpClient) === connection && this.#connections.delete(jumpClient);
  }

  all(): Iterable<AgentConnection> {
    return this.#connections.values();
  }
}
