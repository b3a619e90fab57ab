/** Figures for a monitoring system of the site's own, by SNMP version 3 alone and for reading alone. */
import { type Static, Type } from "@sinclair/typebox";
import { type ChangeSnmp, type Snmp as SnmpShape, SnmpSettings } from "../../protocol/api/appliance/services.ts";
import type { FirewallRule } from "../../protocol/appliance/system-actions.ts";
import { AppError } from "../../protocol/errors.ts";
import type { ApplianceAdministrator } from "../actor.ts";
import type { ApplianceChangeNeeds } from "../appliance-administrators/appliance-change.ts";
import { auditActor } from "../audit/audit-actor.ts";
import { Turns } from "../database/turns.ts";
import type { FirewallOpenings } from "../listeners/firewall.ts";
import { withPrefix } from "../listeners/plan.ts";
import type { Secrets } from "../secrets/secrets.ts";
import { checkNetworks } from "../security/networks.ts";
import { NamedSetting } from "../settings/named-setting.ts";
import type { ReadingsSources } from "./readings.ts";
import type { SnmpListener } from "./snmp-listener.ts";
import type { UserKeys } from "./user-security.ts";
import { joined } from "../../protocol/shapes.ts";

/** Keys are sealed; "": none yet. What is sealed was made of a passphrase and does not give it back. */
const Stored = joined(SnmpSettings, Type.Object({ authentication: Type.String(), privacy: Type.String() }));
type Stored = Static<typeof Stored>;
type Shown = Static<typeof SnmpShape>;

const none: Stored = { isEnabled: false, port: 161, username: "", networks: [], authentication: "", privacy: "" };
const stored = new NamedSetting("snmp", Stored, none);
const place = (column: string) => ({ table: "settings", row: "snmp", column });
const object = { kind: "settings", id: "snmp", name: "SNMP" };

export interface SnmpNeeds extends ApplianceChangeNeeds {
  readonly secrets: Secrets;
  readonly sources: ReadingsSources;
}

export class Snmp implements FirewallOpenings, Disposable {
  readonly #needs: SnmpNeeds;
  #settings: Stored = none;
  #listener: SnmpListener | null = null;
  #problem = "";
  #isOver = false;
  /** Two changes at once would each write what they read before the other, and listen twice. */
  readonly #turns = new Turns();
  readonly #watching = new Set<() => void>();
  private constructor(needs: SnmpNeeds) {
    this.#needs = needs;
  }

  /** Listens if it is switched on; where that fails the page says so, and everything else goes on. */
  static async open(needs: SnmpNeeds): Promise<Snmp> {
    const snmp = new Snmp(needs);
    snmp.#settings = await stored.read(needs.database.queries);
    await snmp.#listen().catch((error: unknown) => {
      if (!(error instanceof AppError)) throw error;
      snmp.#problem = error.message;
      needs.log.warn("nobody is answered by SNMP", { problem: error.message });
    });
    return snmp;
  }

  /** As the page shows it. */
  shown(): Shown {
    const { isEnabled, port, username, networks, authentication, privacy } = this.#settings;
    const news = this.#listener?.news ?? { lastAnsweredAt: null, lastRefused: null };
    const hasKeys = authentication !== "" && privacy !== "";
    return { ...{ isEnabled, port, username, networks: [...networks], hasKeys }, ...news, problem: this.#problem };
  }

  /** Holds at once. @throws {AppError} request.invalid, network.invalid (the port is not free), sign_in.required */
  async change(actor: ApplianceAdministrator, wished: Static<typeof ChangeSnmp>): Promise<Shown> {
    await this.#turns.take();
    try {
      return await this.#change(actor, wished);
    } finally {
      this.#turns.leave();
    }
  }

  async #change(actor: ApplianceAdministrator, wished: Static<typeof ChangeSnmp>): Promise<Shown> {
    const { database, audit, applianceSignIns } = this.#needs;
    const before = this.#settings;
    const after = await this.#with(before, wished);
    requireComplete(after);
    await database.transaction(async (tx) => {
      await applianceSignIns.requireIn(tx, actor);
      await stored.write(tx, after);
      const areKeysChanged = before.authentication !== after.authentication || before.privacy !== after.privacy;
      const detail = { before: withoutKeys(before), after: withoutKeys(after), areKeysChanged };
      const by = { actor: auditActor(actor), object } as const;
      await audit.record(tx, { action: "snmp.changed", outcome: "succeeded", ...by, detail });
    });
    this.#settings = after;
    try {
      await this.#listen();
    } finally {
      for (const changed of this.#watching) changed();
    }
    return this.shown();
  }

  /** What the appliance's firewall has to let in now. */
  rules(): FirewallRule[] {
    const { isEnabled, port, networks } = this.#settings;
    return isEnabled ? [{ protocol: "udp", port, from: networks.map(withPrefix) }] : [];
  }

  onChanged(listener: () => void): Disposable {
    this.#watching.add(listener);
    return { [Symbol.dispose]: () => void this.#watching.delete(listener) };
  }

  /** The port that is listened on; 0: none. */
  get port(): number {
    return this.#listener?.port ?? 0;
  }

  [Symbol.dispose](): void {
    this.#isOver = true;
    this.#close();
  }

  #close(): void {
    this.#listener?.[Symbol.dispose]();
    this.#listener = null;
  }

  /** @throws {AppError} network.invalid, request.invalid; then nobody is answered */
  async #listen(): Promise<void> {
    const { database, clock, log, sources } = this.#needs;
    this.#close();
    this.#problem = "";
    const { isEnabled, port, networks, username } = this.#settings;
    if (!isEnabled) return;
    // What answers is loaded when it is switched on.
    const [{ nextStart }, { SnmpListener }] = await Promise.all([import("./engine.ts"), import("./snmp-listener.ts")]);
    try {
      const masters = this.#masters();
      const engine = await nextStart(database, clock.now());
      const options = { port, networks, username, masters, engineId: engine.id, engineBoots: engine.boots };
      this.#listener = await SnmpListener.open({ ...options, clock, log, sources });
    } catch (error) {
      this.#problem = error instanceof Error ? error.message : String(error);
      throw error;
    }
    // It may have been disposed meanwhile.
    if (this.#isOver) this.#close();
  }

  /** @throws {AppError} request.invalid where they were sealed with another secret key */
  #masters(): UserKeys {
    const { secrets } = this.#needs;
    const opened = (column: "authentication" | "privacy"): Buffer =>
      Buffer.from(secrets.open(place(column), this.#settings[column]), "base64url");
    try {
      return { authentication: opened("authentication"), privacy: opened("privacy") };
    } catch (error) {
      throw new AppError("request.invalid", KEYS_DO_NOT_OPEN, { cause: error });
    }
  }

  async #with(before: Stored, wished: Static<typeof ChangeSnmp>): Promise<Stored> {
    const { authenticationKey, privacyKey, ...settings } = wished;
    return {
      ...settings,
      networks: settings.networks.map((network) => network.trim()),
      authentication: await this.#sealed("authentication", authenticationKey, before.authentication),
      privacy: await this.#sealed("privacy", privacyKey, before.privacy),
    };
  }

  async #sealed(column: string, passphrase: string | undefined, before: string): Promise<string> {
    if (passphrase === undefined) return before;
    const { masterKey } = await import("./user-security.ts");
    return this.#needs.secrets.seal(place(column), masterKey(passphrase).toString("base64url"));
  }
}

/** @throws {AppError} request.invalid */
function requireComplete({ isEnabled, username, networks, authentication, privacy }: Stored): void {
  checkNetworks(networks);
  if (!isEnabled) return;
  if (username === "") throw incomplete("Say which user name the monitoring system signs in with.");
  if (authentication === "" || privacy === "") throw incomplete("Set both keys: version 3 is proved and encrypted.");
  if (networks.length === 0)
    throw incomplete("Name the monitoring system's address or network: nobody else is answered.");
}

const KEYS_DO_NOT_OPEN = "The keys of SNMP do not open with this appliance's secret key. Set both anew.";
const incomplete = (message: string): AppError => new AppError("request.invalid", `${message} Nothing was changed.`);
const withoutKeys = ({ isEnabled, port, username, networks }: Stored) => ({ isEnabled, port, username, networks });
