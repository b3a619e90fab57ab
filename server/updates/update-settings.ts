/** Where updates come from and when they install themselves: one row of the settings. */
import { X509Certificate } from "node:crypto";
import { type Static, Type } from "@sinclair/typebox";
import { UpdateSettings } from "../../protocol/api/appliance/updates.ts";
import { AppError } from "../../protocol/errors.ts";
import type { ApplianceAdministrator } from "../actor.ts";
import type { ApplianceSignIns } from "../appliance-administrators/sign-ins.ts";
import { auditActor } from "../audit/audit-actor.ts";
import type { Audit } from "../audit/audit.ts";
import type { Database } from "../database/database.ts";
import { NamedSetting } from "../settings/named-setting.ts";

const OBJECT = { kind: "settings", id: "updates", name: "Updates" } as const;

type Settings = Static<typeof UpdateSettings>;
/** Once an address is named, updates come and install themselves: who runs an appliance forgets to (NA40). */
const defaults: Required<Settings> = {
  address: "",
  downloadsBySelf: true,
  installsBySelf: "always",
  window: { weekdays: [1, 2, 3, 4, 5, 6, 7], from: "02:00", to: "04:00" },
  certificateAuthority: "",
};

/** When the address was last asked, and what was wrong then. */
const LastCheck = Type.Object({ at: Type.String(), problem: Type.String() });
export type LastCheck = Static<typeof LastCheck>;

/** A later release may know more of them than were written. */
const storedSettings = new NamedSetting("updates", Type.Partial(UpdateSettings), {});
const storedCheck = new NamedSetting("updateCheck", Type.Union([LastCheck, Type.Null()]), null);

export interface UpdateSettingsNeeds {
  readonly database: Database;
  readonly audit: Audit;
  readonly applianceSignIns: ApplianceSignIns;
}

export class StoredUpdateSettings {
  constructor(private readonly needs: UpdateSettingsNeeds) {}

  /** As they are now. */
  async read(): Promise<Required<Settings>> {
    return { ...defaults, ...(await storedSettings.read(this.needs.database.queries)) };
  }

  /** Replaces them. @throws {AppError} request.invalid */
  async change(actor: ApplianceAdministrator, asked: Settings): Promise<void> {
    const { database, audit, applianceSignIns } = this.needs;
    const before = await this.read();
    const after = { ...before, ...asked, address: asked.address.trim().replace(/\/+$/u, "") };
    check(after);
    await database.transaction(async (tx) => {
      await applianceSignIns.requireIn(tx, actor);
      await storedSettings.write(tx, after);
      const by = { actor: auditActor(actor), object: OBJECT } as const;
      await audit.record(tx, {
        action: "update-settings.changed",
        outcome: "succeeded",
        ...by,
        detail: { before, after },
      });
    });
  }

  /** null: the address was never asked. */
  async lastCheck(): Promise<LastCheck | null> {
    return await storedCheck.read(this.needs.database.queries);
  }

  /** The address was asked. */
  async noteCheck(check: LastCheck): Promise<void> {
    await this.needs.database.transaction((tx) => storedCheck.write(tx, check));
  }
}

function check({ address, window, certificateAuthority }: Required<Settings>): void {
  if (address !== "") requireHttps(address);
  if (window.from === window.to)
    throw new AppError("request.invalid", "The window is empty: it begins when it ends. Choose two different times.");
  if (certificateAuthority !== "") requireCertificate(certificateAuthority);
}

function requireHttps(address: string): void {
  const url = URL.canParse(address) ? new URL(address) : null;
  const isPlain = url?.protocol === "https:" && url.username === "" && url.search === "" && url.hash === "";
  if (isPlain) return;
  const words = "The address begins with https:// and has neither a name and password, nor ? or # in it.";
  throw new AppError("request.invalid", words);
}

function requireCertificate(pem: string): void {
  try {
    if (new X509Certificate(pem).raw.length > 0) return;
  } catch (cause) {
    throw noCertificate(cause);
  }
  throw noCertificate(null);
}

const noCertificate = (cause: unknown): AppError =>
  new AppError("request.invalid", "The certificate authority is no certificate in PEM.", { cause });
