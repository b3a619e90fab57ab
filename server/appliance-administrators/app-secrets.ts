/** The authenticator apps of /appliance: the secret and the last step taken, sealed in one value. */
import { type Static, Type } from "@sinclair/typebox";
import type { Clock } from "../clock.ts";
import type { Database } from "../database/database.ts";
import { fromTable } from "../database/from-table.ts";
import type { Secrets } from "../secrets/secrets.ts";
import { stepOfCode } from "../sign-in/second-proof/totp.ts";
import { findAdministrator, writeApp } from "./store.ts";

const StoredApp = Type.Object({ secret: Type.String(), lastStep: Type.Integer() });
type StoredApp = Static<typeof StoredApp>;

export class AppSecrets {
  constructor(
    private readonly needs: { readonly database: Database; readonly clock: Clock; readonly secrets: Secrets },
  ) {}

  /** What the table keeps. */
  seal(administrator: string, app: StoredApp): string {
    return this.needs.secrets.seal(placeOf(administrator), JSON.stringify(app));
  }

  /** Whether a code is right, and then never again. */
  async check(administrator: string, code: string): Promise<boolean> {
    const { database, clock, secrets } = this.needs;
    return await database.transaction(async (tx) => {
      const sealed = (await findAdministrator(tx, administrator))?.authenticatorApp ?? null;
      if (sealed === null) return false;
      const app = fromTable(StoredApp, JSON.parse(secrets.open(placeOf(administrator), sealed)));
      const step = await stepOfCode(app.secret, code, clock.now());
      if (step === null || step <= app.lastStep) return false;
      await writeApp(tx, administrator, this.seal(administrator, { ...app, lastStep: step }));
      return true;
    });
  }
}

const placeOf = (row: string) => ({ table: "appliance_administrators", row, column: "authenticator_app" });
