/** What the agent's protocol code needs of a connection: whole frames out, whole frames in, and its end. */

export interface SocketEvents {
  onOpen(): void;
  onFrame(bytes: Uint8Array): void;
  /** Called once, also when the connection was never made; `reason` says why, for the agent's own log. */
  onClose(reason: string): void;
}

export interface Socket {
  send(frame: Uint8Array<ArrayBuffer>): void;
  /** Ends the connection; `onClose` follows. */
  close(): void;
}

/** Dials `path` at the agent's site. A failure comes through `onClose`, never as an exception. */
export type Dial = (path: string, events: SocketEvents) => Socket;
