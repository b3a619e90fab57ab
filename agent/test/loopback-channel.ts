/** The agent's end of a channel whose other end is the test itself. */
import type { AgentChannel } from "../session-tool.ts";

export class LoopbackChannel implements AgentChannel {
  availableBytes: number;
  /** Everything the agent has written. */
  readonly written: Uint8Array[] = [];
  /** How much of what the test sent the agent has dealt with. */
  consumedBytes = 0;
  closedWith: string | null = null;
  onData: (bytes: Uint8Array) => void = () => undefined;
  onCredit: (byteCount: number) => void = () => undefined;
  onClose: () => void = () => undefined;
  /** Called with each frame the agent writes. */
  onWritten: (bytes: Uint8Array) => void = () => undefined;

  constructor(
    readonly id: number,
    creditBytes: number,
  ) {
    this.availableBytes = creditBytes;
  }

  write(bytes: Uint8Array): boolean {
    if (this.availableBytes <= 0 || this.closedWith !== null) return false;
    this.availableBytes -= bytes.length;
    this.written.push(bytes);
    this.onWritten(bytes);
    return true;
  }

  consumed(byteCount: number): void {
    this.consumedBytes += byteCount;
  }

  close(reason = ""): void {
    if (this.closedWith !== null) return;
    this.closedWith = reason;
    this.onClose();
  }

  /** The peer grants credit. */
  credit(byteCount: number): void {
    this.availableBytes += byteCount;
    this.onCredit(byteCount);
  }

  [Symbol.dispose](): void {
    this.close();
  }
}
