import { join } from "node:path";
import { Type } from "@sinclair/typebox";
import { FirewallRule } from "../../protocol/appliance/system-actions.ts";
import { readSettings, writeSettings } from "../system/durable-file.ts";
import type { System } from "../system/system.ts";
import { checkFirewallRules, firewallScript } from "./firewall-rules.ts";

const FirewallFile = Type.Object({ rules: Type.Array(FirewallRule, { maxItems: 64 }) });

/** What the kernel lets in. */
export class Firewall {
  constructor(private readonly system: System) {}

  /** Replaces all rules, now and for later starts, or none of them. @throws {AppError} network.invalid, system.failed */
  async set(rules: readonly FirewallRule[]): Promise<void> {
    checkFirewallRules(rules);
    await this.load(rules);
    try {
      writeSettings(this.path, { rules });
    } catch (error) {
      // Not kept, so not held either.
      await this.restore();
      throw error;
    }
  }

  /** Loads what was set before; an appliance that was never told keeps the rules of its image. */
  async restore(): Promise<void> {
    const kept = readSettings(this.path, FirewallFile);
    if (kept !== null) await this.load(kept.rules);
  }

  private async load(rules: readonly FirewallRule[]): Promise<void> {
    await this.system.commands.run("nft", ["-f", "-"], { input: firewallScript(rules) });
  }

  private get path(): string {
    return join(this.system.paths.settings, "firewall.json");
  }
}
