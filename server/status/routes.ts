import { statfs } from "node:fs/promises";
import { join } from "node:path";
import { Status } from "../../protocol/api/administration.ts";
import { PowerPlan, PowerWish } from "../../protocol/api/appliance/status.ts";
import { Nothing } from "../../protocol/api/common.ts";
import type { SoftwareRestarts } from "../appliance-status/software-restarts.ts";
import type { Certificates } from "../certificates/certificates.ts";
import type { Clock } from "../clock.ts";
import { DATABASE_FILE, type Database } from "../database/database.ts";
import { type Route, route } from "../route.ts";
import type { SiteSettings } from "../settings/settings.ts";
import { readCounts } from "./store.ts";

export interface StatusRoutesNeeds {
  readonly directory: string;
  readonly database: Database;
  readonly clock: Clock;
  readonly settings: SiteSettings;
  readonly certificates: Certificates;
  readonly version: string;
  readonly softwareRestarts: SoftwareRestarts;
}

/** /api/login/status: how this appliance is right now; /api/login/restart: its software is started anew. */
export function statusRoutes(needs: StatusRoutesNeeds): Route[] {
  const startedAt = needs.clock.now().toISOString();
  return [
    route("GET", "/api/login/status", "settings.view", { response: Status }, async () => {
      const { siteName, hostname } = await needs.settings.read();
      const disk = await statfs(needs.directory);
      return {
        version: needs.version,
        startedAt,
        siteName,
        hostname,
        certificate: await needs.certificates.describe(),
        counts: await readCounts(needs.database.queries),
        memoryBytes: process.memoryUsage.rss(),
        databaseBytes: databaseBytes(needs.directory),
        diskFreeBytes: disk.bavail * disk.bsize,
        restart: needs.softwareRestarts.plan,
      };
    }),
    ...restartRoutes(needs.softwareRestarts),
  ];
}

function restartRoutes(restarts: SoftwareRestarts): Route[] {
  const shapes = { body: PowerWish, response: PowerPlan };
  return [
    route("POST", "/api/login/restart", "settings.edit", shapes, ({ actor, body }) =>
      restarts.announce(actor, body.drainMinutes),
    ),
    route("POST", "/api/login/restart/cancel", "settings.edit", { response: Nothing }, async ({ actor }) => {
      await restarts.cancel(actor);
      return {};
    }),
  ];
}

/** The database with its write-ahead log; a file that is not there has size 0. */
const databaseBytes = (directory: string): number =>
  Bun.file(join(directory, DATABASE_FILE)).size + Bun.file(join(directory, `${DATABASE_FILE}-wal`)).size;
