/** A download the browser saves by itself: a file as it is, resumable by range; a folder as one zip. */
import { AppError } from "../../../../protocol/errors.ts";
import type { TransferHttp } from "./transfer-http.ts";
import type { TransferWork, WorkPort, WorkResult } from "./transfer-work.ts";

/** How often the server is asked whether the browser has it all. */
const POLL_MS = 1000;

export class BrowserDownload implements TransferWork {
  #id: string | null = null;

  constructor(
    private readonly http: TransferHttp,
    private readonly path: string,
    /** Gives an address to the browser's downloads. */
    private readonly handOver: (address: string) => void,
    private readonly sleep: (ms: number) => Promise<void>,
  ) {}

  async run(port: WorkPort): Promise<WorkResult> {
    if (this.#id === null) {
      const { id, sizeBytes } = await this.http.createDownload(this.path, port.signal);
      this.#id = id;
      port.tell({ type: "counted", files: 1, bytes: sizeBytes });
      this.handOver(this.http.contentAddress(id));
    }
    port.tell({ type: "handed-over" });
    return { isSkipped: false, sha256: await this.#untilSaved(this.#id, port.signal) };
  }

  async #untilSaved(id: string, signal: AbortSignal): Promise<string | null> {
    for (;;) {
      await this.sleep(POLL_MS);
      signal.throwIfAborted();
      const { state, sha256 } = await this.http.status(id);
      if (state === "finished") return sha256;
      if (state === "open") continue;
      // Tried again, it begins anew.
      this.#id = null;
      throw new AppError(
        "file.io",
        `${this.path.toWellFormed()} was not sent to its end. The session's log says why. Try again.`,
      );
    }
  }

  answer(): void {
    // The browser chooses the name.
  }

  async discard(outcome: "cancelled" | "failed"): Promise<void> {
    if (this.#id !== null) await this.http.endDownload(this.#id, outcome);
  }
}
