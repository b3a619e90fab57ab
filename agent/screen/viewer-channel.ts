/** The agent's end of one screen channel: packets leave as credit allows, and credit tells which have been painted. */
import type { AgentChannel } from "../session-tool.ts";

export class ViewerChannel {
  readonly #channel: AgentChannel;
  readonly #onAcknowledged: (packets: number) => void;
  /**
   * Waiting for credit. The capture never has more than two updates on their way to a viewer, which bounds this.
   */
  readonly #waiting: Uint8Array<ArrayBuffer>[] = [];
  /** The lengths of the packets sent and not yet dealt with, oldest first. */
  readonly #onTheWay: number[] = [];
  #creditedBytes = 0;
  /** So many of them, the oldest, a capture sent that is over: nobody waits to hear of them. */
  #packetsOfBefore = 0;

  constructor(channel: AgentChannel, onAcknowledged: (packets: number) => void) {
    this.#channel = channel;
    this.#onAcknowledged = onAcknowledged;
    channel.onCredit = (byteCount) => this.#credited(byteCount);
  }

  send(packets: readonly Uint8Array<ArrayBuffer>[]): void {
    this.#waiting.push(...packets);
    this.#flush();
  }

  /** Another capture begins: what waits is of a picture that it knows nothing of. */
  startOver(): void {
    this.#waiting.length = 0;
    this.#packetsOfBefore = this.#onTheWay.length;
  }

  #flush(): void {
    for (let next = this.#waiting[0]; next !== undefined; next = this.#waiting[0]) {
      if (!this.#channel.write(next)) return;
      this.#onTheWay.push(next.length);
      this.#waiting.shift();
    }
  }

  #credited(byteCount: number): void {
    this.#creditedBytes += byteCount;
    let packets = 0;
    for (let next = this.#onTheWay[0]; next !== undefined && next <= this.#creditedBytes; next = this.#onTheWay[0]) {
      this.#creditedBytes -= next;
      this.#onTheWay.shift();
      if (this.#packetsOfBefore > 0) this.#packetsOfBefore--;
      else packets++;
    }
    this.#flush();
    if (packets > 0) this.#onAcknowledged(packets);
  }
}
