/** How people sign in to this site and what holds for it: kept as settings, and in memory for each request to look at. */
import { Security } from "../../protocol/api/security.ts";
import type { Database, Queries, Tx } from "../database/database.ts";
import { fromTable } from "../database/from-table.ts";
import { Networks } from "./networks.ts";
import { readRules, writeRule } from "./store.ts";

/** What holds until somebody chooses otherwise. */
const defaults: Security = {
  defaultMethod: "password",
  isProviderOnly: false,
  isPasswordResetEnabled: true,
  passwords: { minLength: 12, minKinds: 1, historyCount: 4, expiresAfterDays: null },
  passkeys: { isEnabled: true, requiresUserVerification: true, allowedModels: null },
  keyMakers: null,
  secondProof: "nobody",
  lockOutAfterFailures: 5,
  lockOutMinutes: 15,
  idleSignOutMinutes: 60,
  signInHours: 24,
  maxSignIns: null,
  whenTooMany: "end-oldest",
  networks: { login: [], console: [], api: [] },
  minimumTlsVersion: "1.2",
  sessionKeyLength: 7,
  retentionDays: null,
  version: 1,
};
/** Each rule is a row of the settings table; this one counts changes. */
const VERSION = "securityVersion";
const ruleNames = (Object.keys(defaults) as (keyof Security)[]).filter((name) => name !== "version");

/** What may differ between two states of the rules. */
export type SecurityRule = Exclude<keyof Security, "version">;
type NetworksByArea = Readonly<Record<keyof Security["networks"], Networks>>;

/** Reads the rules once. @throws {Error} when the table cannot be read. */
export async function openSiteSecurity(database: Database): Promise<SiteSecurity> {
  return new SiteSecurity(database, await readSecurity(database.queries));
}

export class SiteSecurity {
  #current: Security;
  #networks: NetworksByArea;
  readonly #listeners = new Set<(rules: Security) => void>();
  #outsideVersion: number;
  constructor(
    private readonly database: Database,
    current: Security,
  ) {
    this.#outsideVersion = database.outsideVersion();
    this.#current = current;
    this.#networks = toNetworks(current);
  }

  /** The rules as they were last read: at most a second old where another process changed them. */
  current(): Security {
    return this.#current;
  }

  /** Whether somebody may come in to this area from this address. */
  allowsAddress(area: keyof NetworksByArea, address: string): boolean {
    return this.#networks[area].has(address);
  }

  /** As they stand in the tables. */
  async read(queries: Queries): Promise<Security> {
    return await readSecurity(queries);
  }

  /** Writes what differs and returns the names of what did; who calls reloads after the commit. */
  async change(tx: Tx, changes: Partial<Security>): Promise<SecurityRule[]> {
    const before = await readSecurity(tx);
    const changed = ruleNames.filter((name): name is SecurityRule => {
      const value = changes[name];
      return value !== undefined && !Bun.deepEquals(value, before[name]);
    });
    for (const name of changed) await writeRule(tx, name, JSON.stringify(changes[name]));
    if (changed.length > 0) await writeRule(tx, VERSION, JSON.stringify(before.version + 1));
    return changed;
  }

  /** Reads the tables anew: after a change was committed, here or by another process. */
  async reload(): Promise<void> {
    this.#current = await readSecurity(this.database.queries);
    this.#networks = toNetworks(this.#current);
    for (const listener of [...this.#listeners]) listener(this.#current);
  }

  /** Told each time the rules were read anew. */
  onChanged(listener: (rules: Security) => void): Disposable {
    this.#listeners.add(listener);
    return { [Symbol.dispose]: () => this.#listeners.delete(listener) };
  }

  /** Notices what another process changed. Cheap; call it every second. */
  async checkOutside(): Promise<void> {
    const version = this.database.outsideVersion();
    if (version === this.#outsideVersion) return;
    await this.reload();
    this.#outsideVersion = version;
  }
}

async function readSecurity(queries: Queries): Promise<Security> {
  const stored = await readRules(queries, [...ruleNames, VERSION]);
  const rules: Record<string, unknown> = structuredClone(defaults);
  for (const [name, value] of stored) rules[name === VERSION ? "version" : name] = JSON.parse(value);
  return fromTable(Security, rules);
}

function toNetworks({ networks }: Security): NetworksByArea {
  const { login, console, api } = networks;
  return { login: new Networks(login), console: new Networks(console), api: new Networks(api) };
}
