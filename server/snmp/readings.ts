/** Everything that can be read, put together for one question and kept for some seconds: a walk asks a hundred times. */
import { uptime } from "node:os";
import type { Updates } from "../../protocol/api/appliance/updates.ts";
import type { ApplianceStatus } from "../../protocol/api/appliance/status.ts";
import { MibView } from "./mib-view.ts";
import { causewayObjects, type UpdateReading } from "./objects/causeway-objects.ts";
import { hostObjects } from "./objects/host-objects.ts";
import { interfaceObjects } from "./objects/interface-objects.ts";
import { readInterfaces } from "./objects/interfaces.ts";
import { systemObjects } from "./objects/system-objects.ts";

const KEPT_MS = 5000;

/** Whom is asked. */
export interface ReadingsSources {
  readonly clock: { now(): Date; monotonicMs(): number };
  status(): Promise<ApplianceStatus>;
  certificateDaysLeft(): Promise<number>;
  /** null: none was ever good. */
  lastBackupAt(): Promise<string | null>;
  updates(): Promise<Pick<Updates, "current" | "history">>;
}

export class Readings {
  #kept: { readonly view: MibView; readonly atMs: number } | null = null;
  #reading: Promise<MibView> | null = null;
  readonly #servingSinceMs: number;
  constructor(private readonly sources: ReadingsSources) {
    this.#servingSinceMs = sources.clock.monotonicMs();
  }

  /** As it is, or was a few seconds ago. */
  async view(): Promise<MibView> {
    const isFresh = this.#kept !== null && this.sources.clock.monotonicMs() - this.#kept.atMs < KEPT_MS;
    if (this.#kept !== null && isFresh) return this.#kept.view;
    this.#reading ??= this.#read().finally(() => (this.#reading = null));
    return await this.#reading;
  }

  async #read(): Promise<MibView> {
    const { clock, ...sources } = this.sources;
    const [status, certificateDaysLeft, lastBackupAt, updates] = await Promise.all([
      ...([sources.status(), sources.certificateDaysLeft()] as const),
      ...([sources.lastBackupAt(), sources.updates()] as const),
    ]);
    const { version, hostname, health, sessions, jumpClientsOnline, processor, memory, disk } = status;
    const { cores: count, percent } = processor;
    const nowMs = clock.monotonicMs();
    const lastBackupAgeSeconds = lastBackupAt === null ? null : secondsSince(lastBackupAt, clock.now());
    const view = new MibView([
      ...systemObjects({ version, hostname, servingSeconds: (nowMs - this.#servingSinceMs) / 1000 }),
      ...interfaceObjects(readInterfaces()),
      ...hostObjects({ uptimeSeconds: uptime(), processors: { count, percent }, memory, disk }),
      ...causewayObjects({
        ...{ version, health, sessions, jumpClientsOnline, certificateDaysLeft, lastBackupAgeSeconds },
        update: updateReading(updates),
      }),
    ]);
    this.#kept = { view, atMs: nowMs };
    return view;
  }
}

const secondsSince = (at: string, now: Date): number => Math.max(0, (now.getTime() - Date.parse(at)) / 1000);

function updateReading({ current, history }: Pick<Updates, "current" | "history">): UpdateReading {
  switch (current?.state) {
    case "receiving":
    case "preparing":
    case "ready":
    case "restarting":
      return current.state;
    default:
      return history[0]?.state === "failed" || history[0]?.state === "returned" ? "failed" : "none";
  }
}
