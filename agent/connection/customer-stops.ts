/**
 * What the customer ends is over here at once, whether or not the site can be told; it is told as soon as it can be, and
 * does not begin the session anew.
 */
import type { MessageBody } from "../../protocol/messages.ts";
import type { NoticeStop } from "../../protocol/messages/connected-notice.ts";
import type { SessionHost } from "./session-host.ts";

/** The notice of who is connected, as the standing connection sees it. */
export interface NoticeHost {
  show(notice: MessageBody<"connected-notice.show">): void;
  /** Takes the notices of all other support sessions away. */
  keepOnly(sessions: readonly string[]): void;
  onStop(stop: (session: string, how: NoticeStop) => void): void;
}

/** Stops the site has not acknowledged. Past it the oldest is forgotten: its session is over here all the same. */
const MAX_STOPS = 64;

export class CustomerStops {
  readonly #stops = new Map<string, NoticeStop>();

  /** @param tell says it to the site, if it can be said now */
  constructor(
    private readonly sessions: SessionHost | null,
    private readonly notices: NoticeHost | null,
    private readonly tell: (session: string, how: NoticeStop) => void,
  ) {
    notices?.onStop((session, how) => this.#stop(session, how));
  }

  show(notice: MessageBody<"connected-notice.show">): void {
    if (!this.#stops.has(notice.session)) this.notices?.show(notice);
  }

  begin(begin: MessageBody<"session.begin">): void {
    const how = this.#stops.get(begin.session);
    if (how === undefined) this.sessions?.begin(begin);
    else this.tell(begin.session, how);
  }

  /** The site says it is over. */
  finish(session: string): void {
    this.#stops.delete(session);
    this.sessions?.finish(session);
    this.#follow();
  }

  /** The site can be told again. */
  tellAll(): void {
    for (const [session, how] of this.#stops) this.tell(session, how);
  }

  tick(nowMs: number): void {
    this.sessions?.tick(nowMs);
    this.#follow();
  }

  #stop(session: string, how: NoticeStop): void {
    if (this.#stops.size >= MAX_STOPS) this.#stops.delete(this.#stops.keys().next().value!);
    this.#stops.set(session, how);
    this.sessions?.finish(session);
    this.#follow();
    this.tell(session, how);
  }

  #follow(): void {
    this.notices?.keepOnly(this.sessions?.ids ?? []);
  }
}
