/**
 * The notice before the customer that says who is connected, with their way to end it. It stands as long as the support
 * session does: where a display goes it comes back on the next one, and closing it is ending the session.
 */
import type { MessageBody } from "../../protocol/messages.ts";
import type { NoticeStop } from "../../protocol/messages/connected-notice.ts";
import { OwnProgram, ownProgram } from "../own-program.ts";
import { findDisplays } from "../system/displays.ts";
import type { CustomerDisplay } from "./customer-display.ts";
import type { ChangeCommand, NoticeReport, ShowCommand } from "./notice-messages.ts";

/** A display that went, or was not there yet, is looked for again after so long. */
const LOOK_AGAIN_MS = 3000;

type Notice = MessageBody<"connected-notice.show">;
type NoticeWindow = OwnProgram<ShowCommand | ChangeCommand, NoticeReport>;

export interface CustomerNoticeOptions {
  readonly find?: () => readonly CustomerDisplay[];
  /** Whether a representative has mouse and keyboard here: what programs click may be theirs then. */
  readonly isControlled: () => boolean;
  /** Shows one notice, see showNotice(). */
  readonly program?: readonly string[];
}

export class CustomerNotice implements Disposable {
  readonly #find: () => readonly CustomerDisplay[];
  readonly #isControlled: () => boolean;
  readonly #program: readonly string[];
  #shown: { notice: Notice; window: NoticeWindow | null; timer: ReturnType<typeof setTimeout> | null } | null = null;
  #stop: (session: string, how: NoticeStop) => void = () => undefined;

  constructor({ find = findDisplays, isControlled, program = ownProgram("show-notice") }: CustomerNoticeOptions) {
    [this.#find, this.#isControlled, this.#program] = [find, isControlled, program];
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
      shown.window?.tell({ kind: "change", connected: notice });
    } else if (notice.mayAppear) {
      this.#close();
      this.#shown = { notice, window: null, timer: null };
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
    const window: NoticeWindow = new OwnProgram(this.#program, {
      heed: (report) => {
        if (this.#shown?.window === window) this.#heed(report);
      },
      ended: () => {
        if (this.#shown?.window === window) this.#openLater();
      },
    });
    shown.window = window;
    window.tell({ kind: "show", displays, connected: shown.notice });
  }

  #openLater(): void {
    if (this.#shown === null) return;
    this.#shown.window = null;
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
    shown.window?.[Symbol.dispose]();
  }
}
