import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { systemClock } from "../../server/clock.ts";
import { openCore } from "../../server/core.ts";
import { createLog } from "../../server/log.ts";
import { openRooms } from "../../server/rooms.ts";
import type { Route } from "../../server/route.ts";
import { coreRoutes } from "../../server/server.ts";
import { setUpRoutes } from "../../server/set-up/routes.ts";

/** The routes of a server that is opened for it in a directory of its own, and serves nobody. */
export async function everyRoute(): Promise<readonly Route[]> {
  const directory = mkdtempSync(join(tmpdir(), "causeway-docs-"));
  try {
    const log = createLog(
      () => undefined,
      () => new Date(),
    );
    const options = { directory, credentialsDirectory: null, clock: systemClock, log, version: "0.0.0" };
    await using core = await openCore(options);
    await using rooms = await openRooms(core, { agentsDirectory: join(directory, "agents") });
    return [...coreRoutes(core, false), ...rooms.routes, ...setUpRoutes(core)];
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}
