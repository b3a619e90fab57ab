/**
 * A restart as the status page lives through it: it is announced, for a while nobody answers, then the software runs again.
 * The absence is expected and no error; the page asks on until it is over.
 */
import type { Status } from "../../../protocol/api/administration.ts";
import { PowerPlan } from "../../../protocol/api/appliance/status.ts";
import { Nothing } from "../../../protocol/api/common.ts";
import { AppError } from "../../../protocol/errors.ts";
import { api, inBackground } from "../../connection/api.ts";
import type { Resource } from "../../connection/resource.svelte.ts";
import { toasts } from "../../kit/toasts.svelte.ts";

/** What does not answer for longer than this has not started: then it is an error like any other. */
const LATE_MS = 180_000;

/** Nothing answers, or what stands before the server says that it does not. */
const isAbsence = (error: Error): boolean =>
  error instanceof AppError && (error.code === "internal" || error.code === "system.unavailable");

export class SiteRestart {
  /** What is announced, as far as this page has heard; it stays while nobody answers. */
  plan: PowerPlan | null = $state.raw(null);
  /** Wall-clock ms since when nobody answers, though that is expected; null: somebody does, or it is an error. */
  awaySince: number | null = $state.raw(null);
  #last: Pick<Status, "startedAt" | "version"> | null = null;

  /** @param status what this looks at */
  constructor(private readonly status: Resource<Status>) {}

  /** Asks how it stands, by itself. Never throws. */
  async ask(): Promise<void> {
    await this.status.load(inBackground);
  }

  /** Looks at what the last asking brought. */
  note(): void {
    const { value, error } = this.status;
    if (error !== null) this.#noteError(error);
    else if (value !== null) this.#noteAnswer(value);
  }

  /** Announces it. @throws {AppError} what the server refuses */
  async announce(drainMinutes: number): Promise<void> {
    this.plan = await api.post("/api/login/restart", { drainMinutes }, PowerPlan);
    await this.ask();
  }

  /** Takes it back. @throws {AppError} what the server refuses */
  async callOff(): Promise<void> {
    await api.post("/api/login/restart/cancel", {}, Nothing);
    await this.ask();
  }

  #noteError(error: Error): void {
    // Who switches the machine off knows better than this page when it comes back.
    if (this.plan === null || this.plan.kind === "off" || !isAbsence(error)) return;
    this.awaySince ??= Date.now();
    if (Date.now() - this.awaySince < LATE_MS) return;
    this.awaySince = null;
    this.plan = null;
  }

  #noteAnswer({ startedAt, version, restart }: Status): void {
    const { plan } = this;
    const before = this.#last;
    this.#last = { startedAt, version };
    this.plan = restart;
    this.awaySince = null;
    if (before === null || plan === null || before.startedAt === startedAt) return;
    // The pages of another release speak another API.
    if (before.version !== version) location.reload();
    else toasts.done(plan.kind === "software" ? "The software runs again" : "The appliance runs again");
  }
}
