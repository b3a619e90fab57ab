/**
 * The notice before the customer that says who is connected, with their way to end it. It stands as long as the support
 * session does: where a display goes it comes back on the next one, and closing it is ending the session.
 */
import type { MessageBody } from "../../protocol/messages.ts";
import type { NoticeStop } from "../../protocol/messages/connected-notice.ts";
import { findDisplays } from "../system/displays.ts";
import { workerUrl } from "../worker-url.ts";
import type { QuestionDisplay } from "./consent-messages.ts";
import type { NoticeCommand, NoticeReport } from "./notice-messages.ts";

/** A display that went, or was not there yet, is looked for again after so long. */
const LOOK_AGAIN_MS = 3000;

type Notice = MessageBody<"connected-notice.show">;

export interface CustomerNoticeOptions {
  readonly find?: () => readonly QuestionDisplay[];
  /** Whether a representative has mouse and keyboard here: what programs click may be theirs then. */
  readonly isControlled: () => boolean;
}

export class CustomerNotice implements Disposable {
  readonly #find: () => readonly QuestionDisplay[];
  readonly #isControlled: () => boolean;
  #shown: { notice: Notice; worker: Worker | null; timer: ReturnType<typeof setTimeout> | null } | null = null;
  #stop: (session: string, how: NoticeStop) => void = () => undefined;

  constructor({ find = findDisplays, isControlled }: CustomerNoticeOptions) {
    [this.#find, this.#isControlled] = [find, isControlled];
  }

  /** What happens when the customer ends it. */
  onStop(stop: (session: string, how: NoticeStop) => void): void {
    this.#stop = stop;
  }

  /** A computer is in one support session at a time: the notice of another one gives way. */
  show(notice: Notice): void {
    const shown = this.#shown;
    if (shown?.notice.session === notice.session) {
      shown.notice = notice;
      shown.worker?.postMessage({ kind: "change", connected: notice } satisfies NoticeCommand);
    } else if (notice.mayAppear) {
      this.#close();
      this.#shown = { notice, worker: null, timer: null };
      this.#open();
    }
  }

  keepOnly(sessions: readonly string[]): void {
    if (this.#shown !== null && !sessions.includes(this.#shown.notice.session)) this.#close();
  }

  [Symbol.dispose](): void {
    this.#close();
  }

  #open(): void {
    const shown = this.#shown;
    if (shown === null) return;
    const displays = this.#find();
    if (displays.length === 0) return this.#openLater();
    const worker = new Worker(workerUrl("consent/notice-worker.ts"));
    shown.worker = worker;
    worker.onmessage = (event: MessageEvent<NoticeReport>) => {
      if (this.#shown?.worker === worker) this.#heed(event.data);
    };
    worker.addEventListener("close", () => {
      if (this.#shown?.worker === worker) this.#openLater();
    });
    worker.postMessage({ kind: "show", displays, connected: shown.notice } satisfies NoticeCommand);
  }

  #openLater(): void {
    if (this.#shown === null) return;
    this.#shown.worker = null;
    this.#shown.timer = setTimeout(() => this.#open(), LOOK_AGAIN_MS);
  }

  #heed(report: NoticeReport): void {
    if (this.#shown === null) return;
    if (report.how === "button" && report.isInjected && this.#isControlled()) return;
    const { session } = this.#shown.notice;
    this.#close();
    this.#stop(session, report.how);
  }

  #close(): void {
    const shown = this.#shown;
    this.#shown = null;
    if (shown === null) return;
    if (shown.timer !== null) clearTimeout(shown.timer);
    shown.worker?.postMessage({ kind: "close" } satisfies NoticeCommand);
  }
}
