/** What a tool of a support session gets and gives at the endpoint. The connection's code knows tools only by this. */
import type { SupportSessionId } from "../protocol/ids.ts";
import type { ToolEventBody, ToolEventType, ToolParams, ToolResult, ToolType } from "../protocol/messages.ts";

/** The agent's end of a channel. */
export interface AgentChannel extends Disposable {
  readonly id: number;
  /** Bytes that may be written now without waiting for credit. */
  readonly availableBytes: number;
  /**
   * Sends one data frame and takes its length from the credit, which may go below zero for the last frame (a screen
   * packet is never cut). Returns false, sending nothing, while the credit is not above zero or the channel is closed.
   */
  write(bytes: Uint8Array): boolean;
  /** Grants the peer credit for bytes it sent and that have now been dealt with. */
  consumed(byteCount: number): void;
  /** Ends the channel; `reason` is an error code or empty. Disposing closes without a reason. */
  close(reason?: string): void;
  /** One data frame's payload has come. The view is only valid during the call. */
  onData: (bytes: Uint8Array) => void;
  /** Credit has come: `byteCount` of what was written has been dealt with. */
  onCredit: (byteCount: number) => void;
  /** The channel is gone, whoever closed it; called once. */
  onClose: () => void;
}

export interface ToolRequest<T extends ToolType> {
  readonly params: ToolParams<T>;
  /** Where the tool opens a channel. */
  readonly channel: AgentChannel | null;
  /** Aborted by tool.cancel and when the session ends. */
  readonly signal: AbortSignal;
  /** Tells how far a long request is. Call it as often as one likes; it is thinned to five a second. */
  progress(done: number, total: number | null, unit: "files" | "bytes", current: string): void;
}

/** Answers one request. A thrown AppError becomes the refusal the person reads. */
export type ToolHandler<T extends ToolType> = (request: ToolRequest<T>) => Promise<ToolResult<T>> | ToolResult<T>;
export type ToolHandlers = { readonly [T in ToolType]?: ToolHandler<T> };

/** A tool lives as long as its support session, through lost connections; disposing it frees all it holds. */
export interface SessionTool extends Disposable {
  readonly handlers: ToolHandlers;
  /** The support session has ended for good (not: the agent stops): removes what was kept on disk to go on later.
   *  Called before disposing. */
  end?(): Promise<void>;
}

export interface ToolContext {
  readonly session: SupportSessionId;
  /** Where the agent keeps its state; only root (or its user) can read it. */
  readonly stateDirectory: string;
  emit<T extends ToolEventType>(type: T, body: ToolEventBody<T>): void;
}

export type CreateTool = (context: ToolContext) => SessionTool;
