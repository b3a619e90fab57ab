/**
 * What screens of the console need from the socket to the server. console-socket.ts is the real one.
 * A screen opens channels, and when `state` goes to "lost" they are all gone: it opens them again on "open".
 */
import type { ConsoleToolType, ToolEventBody, ToolEventType, ToolParams, ToolResult } from "../../protocol/messages.ts";

export type ConnectionState = "connecting" | "open" | "lost" | "signed-out";

/** The console's end of a channel. */
export interface ConsoleChannel extends Disposable {
  readonly id: number;
  /** Bytes that may be written now. */
  readonly availableBytes: number;
  /** Sends as much as the credit allows, in frames of at most MAX_CHANNEL_PAYLOAD_BYTES; returns how many bytes went. */
  write(bytes: Uint8Array): number;
  /** Grants the agent credit for bytes that have been dealt with. */
  consumed(byteCount: number): void;
  close(): void;
  onData: (bytes: Uint8Array<ArrayBuffer>) => void;
  /** The agent has dealt with `byteCount` bytes; more may be written. */
  onCredit: (byteCount: number) => void;
  /** Gone; `reason` is an error code or "" for an ordinary end. Called once, not after close(). */
  onClose: (reason: string) => void;
}

export interface ToolAnswer<T extends ConsoleToolType> {
  readonly result: ToolResult<T>;
  /** Present where the tool opens one. */
  readonly channel: ConsoleChannel | null;
}

export interface Progress {
  readonly done: number;
  readonly total: number | null;
  readonly unit: "files" | "bytes";
  readonly current: string;
}

/** One support session as its tool tabs see it. */
export interface SessionConnection {
  readonly session: string;
  /**
   * Asks a tool at the endpoint.
   * @throws {AppError} the refusal, in words for the person; channel.lost when the connection broke before the answer.
   */
  ask<T extends ConsoleToolType>(
    type: T,
    params: ToolParams<T>,
    options?: { readonly signal?: AbortSignal; readonly onProgress?: (progress: Progress) => void },
  ): Promise<ToolAnswer<T>>;
  /** Listens to what a tool tells of itself; dispose to stop. */
  on<T extends ToolEventType>(type: T, listener: (body: ToolEventBody<T>) => void): Disposable;
  /** Calls at once with how it stands and on each change. `isUsable`: our socket and the agent's lanes both stand. */
  onUsable(listener: (isUsable: boolean) => void): Disposable;
  /** The last measured round trip console-server-console, in ms; null before the first. */
  readonly roundTripMs: number | null;
}
