/** How the appliance is: its machine's load, its parts, what happened to it. */
import type { ApplianceStatus as Status, Health } from "../../protocol/api/appliance/status.ts";
import type { Clock } from "../clock.ts";
import type { Database } from "../database/database.ts";
import type { Log } from "../log.ts";
import type { SiteSettings } from "../settings/settings.ts";
import { daysUntilFull } from "./disk-growth.ts";
import type { ApplianceEvents } from "./events.ts";
import type { MachineLoad } from "./machine-load.ts";
import { ownParts, type PartSource, type PartStatus, worst } from "./parts.ts";
import type { Power } from "./power.ts";
import { readDiskLevels, readLoads, writeDiskLevel } from "./store.ts";
import type { KnownSystem, SystemFacts } from "./system-facts.ts";

const SAMPLE_MS = 5000;
/** How often parts are looked over for what somebody should hear of. */
const WATCH_MS = 60_000;
const SHOWN_EVENTS = 20;
/** The growth of the disk is that of so many days. */
const GROWTH_DAYS = 7;
const DAY_MS = 86_400_000;
/** Their own rooms tell what happens to them as it happens. */
const tellThemselves: ReadonlySet<PartStatus["name"]> = new Set(["backups", "certificates", "updates", "standby"]);

export interface ApplianceStatusNeeds {
  readonly database: Database;
  readonly clock: Clock;
  readonly log: Log;
  readonly settings: SiteSettings;
  readonly version: string;
  readonly applianceEvents: ApplianceEvents;
  readonly load: MachineLoad;
  readonly system: KnownSystem;
  readonly power: Power;
  /** How many support sessions run. */
  sessions(): number;
  /** The parts of other rooms. */
  readonly parts: readonly PartSource[];
}

export class ApplianceStatus implements Disposable {
  readonly #needs: ApplianceStatusNeeds;
  readonly #startedAt: string;
  readonly #timers: ReturnType<typeof setInterval>[];
  readonly #parts: PartSource[];
  /** What was wrong when parts were last looked over, so that each change is told once. */
  #told = new Map<string, Health>();
  #levelNotedOn = "";

  constructor(needs: ApplianceStatusNeeds) {
    this.#needs = needs;
    this.#parts = [...needs.parts];
    this.#startedAt = needs.clock.now().toISOString();
    const watch = (): void =>
      void this.watch().catch((error: unknown) => needs.log.error("the appliance could not be looked over", error));
    this.#timers = [setInterval(() => needs.load.sample(), SAMPLE_MS), setInterval(watch, WATCH_MS)];
  }

  [Symbol.dispose](): void {
    for (const timer of this.#timers) clearInterval(timer);
  }

  /** One more part, that was opened later than this. */
  add(part: PartSource): void {
    this.#parts.push(part);
  }

  /** Everything the page shows. */
  async read(): Promise<Status> {
    const { database, load, settings, version, applianceEvents, power } = this.#needs;
    const system = await this.#needs.system.read();
    const { hostname } = await settings.read();
    const parts = await this.#allParts();
    const { freeBytes, ...disk } = load.disk;
    const daysLeft = daysUntilFull(await readDiskLevels(database.queries), freeBytes);
    return {
      ...{ hostname, version, startedAt: this.#startedAt, health: healthOf(parts, system) },
      processor: load.processor,
      memory: load.memory,
      disk: { ...disk, daysLeft },
      network: load.network,
      sessions: this.#needs.sessions(),
      jumpClientsOnline: parts.find(({ name }) => name === "jump-clients")?.load ?? 0,
      parts,
      machine: system.machine,
      clock: system.clock,
      slot: system.slots?.find(({ isRunning }) => isRunning)?.slot ?? null,
      power: power.plan,
      events: await applianceEvents.newest(SHOWN_EVENTS),
    };
  }

  /** Writes down how full the disk is, and what has changed for the worse or the better since it last looked. */
  async watch(): Promise<void> {
    const { applianceEvents } = this.#needs;
    await this.#noteDiskLevel();
    const ill = (await this.#allParts()).filter(({ name, health }) => health !== "ok" && !tellThemselves.has(name));
    const wasIll = this.#told.size > 0;
    for (const { name, health, reason } of ill) {
      if (this.#told.get(name) === health) continue;
      const kind = health === "failed" ? "part.failed" : "part.attention";
      await applianceEvents.tell({ kind, health, detail: reason });
    }
    this.#told = new Map(ill.map(({ name, health }) => [name, health]));
    if (wasIll && ill.length === 0) await applianceEvents.tell({ kind: "part.well", health: "ok", detail: "" });
  }

  /** Once a day. */
  async #noteDiskLevel(): Promise<void> {
    const { database, clock, load } = this.#needs;
    const dayOf = (ms: number): string => new Date(ms).toISOString().slice(0, 10);
    const now = clock.now().getTime();
    const today = dayOf(now);
    if (today === this.#levelNotedOn) return;
    const oldest = dayOf(now - GROWTH_DAYS * DAY_MS);
    await database.transaction((tx) => writeDiskLevel(tx, today, load.disk.usedBytes, oldest));
    this.#levelNotedOn = today;
  }

  async #allParts(): Promise<PartStatus[]> {
    const { database, load, sessions } = this.#needs;
    const loads = { ...(await readLoads(database.queries)), ...load.lastMinute, sessions: sessions() };
    const others = await Promise.all(this.#parts.map((read) => read()));
    return [...ownParts(loads, load.disk), ...others.filter((part) => part !== null)];
  }
}

function healthOf(parts: readonly PartStatus[], { machine, isSilent }: SystemFacts): Health {
  const ofSystem: Health = (machine?.dataReadOnlyReason ?? null) === null ? (isSilent ? "attention" : "ok") : "failed";
  return worst([ofSystem, ...parts.map(({ health }) => health)]);
}
