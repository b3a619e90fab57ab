import type { Core } from "../core.ts";
import type { AgentSettings } from "./gateway-parts.ts";

/** A fleet that reconnects asks a thousand times a second; once a second is read. */
const KEPT_MS = 1000;

/** What agents are told at their welcome, kept for a second. */
export class AgentSettingsCache {
  #kept: { readonly settings: Promise<AgentSettings>; readonly untilMs: number } | null = null;

  constructor(
    private readonly core: Pick<Core, "settings" | "site" | "clock">,
    private readonly heartbeatIntervalMs: number,
  ) {}

  /** After a change that agents must hear of at once. */
  forget(): void {
    this.#kept = null;
  }

  async read(): Promise<AgentSettings> {
    const now = this.core.clock.monotonicMs();
    if (this.#kept === null || this.#kept.untilMs <= now)
      this.#kept = { settings: this.#read(), untilMs: now + KEPT_MS };
    return await this.#kept.settings;
  }

  async #read(): Promise<AgentSettings> {
    const { statisticsIntervalSeconds } = await this.core.settings.read();
    return {
      heartbeatIntervalMs: this.heartbeatIntervalMs,
      statisticsIntervalMs: statisticsIntervalSeconds * 1000,
      trustBundle: await this.core.site.trustBundle(),
    };
  }
}
