import { join } from "node:path";
import type { ClockState } from "../../protocol/appliance/system-actions.ts";
import { HostName, TimeSettings } from "../../protocol/appliance/network-settings.ts";
import { Value } from "@sinclair/typebox/value";
import { AppError } from "../../protocol/errors.ts";
import { readAddress } from "../network/ip-address.ts";
import { readSettings, readTextFile, writeSettings } from "../system/durable-file.ts";
import { writeShared } from "../system/shared-file.ts";
import type { System } from "../system/system.ts";
import { parseTracking } from "./chrony-tracking.ts";

/** Asked where neither the settings nor DHCP name a server. */
const DEFAULT_POOL = "2.debian.pool.ntp.org";

/** What an appliance does that was told nothing. */
export const defaultTimeSettings: TimeSettings = { ntpServers: [], timeZone: "Etc/UTC" };

/** The clock: which servers are asked, and how far it is from them. */
export class ClockSettings {
  constructor(private readonly system: System) {}

  /** Settings and what came of them. */
  async read(): Promise<ClockState> {
    const { exitCode, output } = await this.system.commands.attempt("chronyc", ["-n", "-c", "tracking"]);
    return { settings: this.settings, ...parseTracking(exitCode === 0 ? output : "") };
  }

  /** Asks other servers from now on. @throws {AppError} request.invalid */
  async set(settings: TimeSettings): Promise<ClockState> {
    checkTimeSettings(settings);
    writeSettings(this.path, settings);
    await this.refresh();
    return await this.read();
  }

  /** Tells chrony the servers of the settings, or of DHCP, which may have changed. */
  async refresh(): Promise<void> {
    if (!this.writeSources()) return;
    // Before chrony runs there is nobody to tell; it reads the file when it starts.
    await this.system.commands.attempt("chronyc", ["reload", "sources"]);
  }

  /** Writes chrony's list of servers. @returns whether it changed */
  writeSources(): boolean {
    const file = join(this.system.paths.chronySources, "causeway.sources");
    const text = sourcesText(this.settings.ntpServers, this.serversOfDhcp());
    if (readTextFile(file) === text) return false;
    writeShared(file, text);
    return true;
  }

  get settings(): TimeSettings {
    return readSettings(this.path, TimeSettings) ?? defaultTimeSettings;
  }

  /** networkd keeps what DHCP said in a file of words: NTP=10.0.0.1 10.0.0.2. */
  private serversOfDhcp(): string[] {
    const line = /^NTP=(.*)$/mu.exec(readTextFile(this.system.paths.networkState) ?? "")?.[1] ?? "";
    return line.split(/\s+/u).filter((server) => readAddress(server) !== null || Value.Check(HostName, server));
  }

  private get path(): string {
    return join(this.system.paths.settings, "time.json");
  }
}

/** @throws {AppError} request.invalid for a zone nobody knows, or a server that is neither name nor address */
export function checkTimeSettings({ ntpServers, timeZone }: TimeSettings): void {
  if (!isTimeZone(timeZone))
    throw new AppError("request.invalid", `There is no time zone ${timeZone}. Zones are named as Europe/Berlin.`);
  for (const server of ntpServers) {
    const looksLikeAddress = /^[0-9.]+$/u.test(server) || server.includes(":");
    if (looksLikeAddress && readAddress(server) === null)
      throw new AppError("request.invalid", `The time server ${server} is no address.`);
  }
}

function isTimeZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat("en", { timeZone: name }).resolvedOptions().timeZone !== "";
  } catch {
    // RangeError: no such zone.
    return false;
  }
}

function sourcesText(ownServers: readonly string[], serversOfDhcp: readonly string[]): string {
  const servers = ownServers.length > 0 ? ownServers : serversOfDhcp;
  const lines = servers.map((server) => `server ${server} iburst`);
  return `${lines.length > 0 ? lines.join("\n") : `pool ${DEFAULT_POOL} iburst`}\n`;
}
