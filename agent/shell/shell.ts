/**
 * One running shell. It outlives the channels that watch it; each channel is sent the output from the offset it asked
 * for. With nobody fast enough the terminal is held back, so that a watching console never loses a byte.
 */
import { MAX_CHANNEL_PAYLOAD_BYTES } from "../../protocol/channel.ts";
import { SHELL_REPLAY_BYTES } from "../../protocol/messages/shell.ts";
import type { Clock } from "../clock.ts";
import type { AgentChannel } from "../session-tool.ts";
import { InputQueue } from "./input-queue.ts";
import type { LoginShell } from "./login-shell.ts";
import { openPty, type Pty, type PtySize } from "./pty.ts";
import { ReplayRing } from "./replay-ring.ts";

/** The terminal is held when the fastest viewer has this much still to come, and released below the second figure. */
const HOLD_BYTES = 512 << 10;
const RELEASE_BYTES = 128 << 10;
/** Room left in the ring for what still comes after the terminal was held. */
const RING_MARGIN_BYTES = 256 << 10;
/** How long a shell that nobody watches waits with a full ring before it runs on and forgets the oldest output. */
export const UNWATCHED_HOLD_MS = 10 * 60_000;
/** One frame's share, so that other channels of the lane get in between. */
const FRAME_BYTES = Math.min(64 << 10, MAX_CHANNEL_PAYLOAD_BYTES);

interface Viewer {
  readonly channel: AgentChannel;
  /** Offset of the next byte to send. */
  sent: number;
  /** Offset up to which the viewer has dealt with the output. */
  acknowledged: number;
}

export interface ShellEvents {
  /** The program has ended: told at the end, and again to whoever attaches later. */
  onExited(exitCode: number | null): void;
}

export class Shell implements Disposable {
  readonly #ring = new ReplayRing(SHELL_REPLAY_BYTES);
  readonly #viewers = new Set<Viewer>();
  readonly #pty: Pty;
  readonly #input: InputQueue;
  #isHeld = false;
  /** Of viewers that have gone: the least offset one of them had dealt with. null: nothing is kept for anybody. */
  #keptFrom: number | null = 0;
  #forgetting: Disposable | null = null;
  #exit: { readonly code: number | null } | null = null;

  constructor(
    shell: LoginShell,
    size: PtySize,
    private readonly events: ShellEvents,
    private readonly clock: Pick<Clock, "after">,
  ) {
    this.#pty = openPty(shell, size, {
      onOutput: (bytes) => this.#output(bytes),
      onEnd: (exitCode) => this.#ended(exitCode),
    });
    this.#input = new InputQueue((bytes) => this.#pty.write(bytes));
  }

  get hasEnded(): boolean {
    return this.#exit !== null;
  }

  /**
   * Sends the output to `channel`, from `outputOffset` or as far back as is kept, and takes its input as `writer`'s.
   * Nothing is sent before the channel has credit, which comes after the reply.
   */
  attach(channel: AgentChannel, writer: string, outputOffset: number): { outputOffset: number; inputOffset: number } {
    const from = Math.max(this.#ring.start, Math.min(outputOffset, this.#ring.end));
    const viewer: Viewer = { channel, sent: from, acknowledged: from };
    this.#viewers.add(viewer);
    this.#stopForgetting();
    this.#keptFrom = null;
    channel.onClose = () => this.#detach(viewer);
    channel.onCredit = (byteCount) => {
      viewer.acknowledged += byteCount;
      this.#send(viewer);
      this.#regulate();
    };
    const inputOffset = this.#input.offsetOf(writer);
    channel.onData = (bytes) => {
      const isTaken = this.#input.add(writer, bytes, (byteCount) => channel.consumed(byteCount));
      if (!isTaken) channel.close("channel.overflow");
    };
    this.#regulate();
    return { outputOffset: from, inputOffset };
  }

  resize(rows: number, columns: number): void {
    this.#pty.resize(rows, columns);
  }

  /** Ends the program; viewers see its last output and then its end. */
  end(): void {
    this.#release();
    this.#pty.end();
  }

  [Symbol.dispose](): void {
    this.#stopForgetting();
    this.#input[Symbol.dispose]();
    for (const { channel } of [...this.#viewers]) channel.close();
    this.#pty[Symbol.dispose]();
  }

  #output(bytes: Uint8Array): void {
    this.#ring.append(bytes);
    for (const viewer of [...this.#viewers]) this.#send(viewer);
    this.#regulate();
  }

  #send(viewer: Viewer): void {
    const { channel } = viewer;
    if (viewer.sent < this.#ring.start) {
      // Faster viewers went on without this one. It asks again and learns by the offset what it missed.
      channel.close("channel.overflow");
      return;
    }
    while (channel.availableBytes > 0 && viewer.sent < this.#ring.end) {
      const bytes = this.#ring.read(viewer.sent, Math.min(channel.availableBytes, FRAME_BYTES));
      viewer.sent += bytes.length;
      channel.write(bytes);
    }
    if (this.#exit !== null && viewer.sent === this.#ring.end && channel.availableBytes > 0) this.#sayGoodbye(viewer);
  }

  #sayGoodbye({ channel }: Viewer): void {
    this.events.onExited(this.#exit!.code);
    channel.close();
  }

  #detach(viewer: Viewer): void {
    this.#viewers.delete(viewer);
    this.#keptFrom = Math.max(this.#ring.start, Math.min(this.#keptFrom ?? Infinity, viewer.acknowledged));
    if (this.#viewers.size === 0 && this.#exit === null) this.#startForgetting();
    this.#regulate();
  }

  /** Holds the terminal back or lets it run, by how far behind its fastest viewer is. */
  #regulate(): void {
    const behind = this.#bytesBehind();
    const limit = this.#viewers.size > 0 ? HOLD_BYTES : SHELL_REPLAY_BYTES - RING_MARGIN_BYTES;
    if (!this.#isHeld && behind >= limit && this.#exit === null) {
      this.#isHeld = true;
      this.#pty.hold();
    } else if (this.#isHeld && behind <= Math.min(RELEASE_BYTES, limit)) this.#release();
  }

  #bytesBehind(): number {
    if (this.#viewers.size === 0) return this.#keptFrom === null ? 0 : this.#ring.end - this.#keptFrom;
    return this.#ring.end - Math.max(...[...this.#viewers].map(({ sent }) => sent));
  }

  #release(): void {
    if (!this.#isHeld) return;
    this.#isHeld = false;
    this.#pty.release();
  }

  #startForgetting(): void {
    this.#forgetting = this.clock.after(UNWATCHED_HOLD_MS, () => {
      this.#keptFrom = null;
      this.#regulate();
    });
  }

  #stopForgetting(): void {
    this.#forgetting?.[Symbol.dispose]();
    this.#forgetting = null;
  }

  #ended(exitCode: number | null): void {
    this.#exit = { code: exitCode };
    this.#input[Symbol.dispose]();
    this.#stopForgetting();
    this.events.onExited(exitCode);
    for (const viewer of [...this.#viewers]) this.#send(viewer);
  }
}
