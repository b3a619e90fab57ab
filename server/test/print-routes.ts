/** `bun server/test/print-routes.ts` prints every route with what it asks for, as JSON: for tools, which import no program. */
import { systemClock } from "../clock.ts";
import { openCore } from "../core.ts";
import { createLog } from "../log.ts";
import { openRooms } from "../rooms.ts";
import { openServer } from "../server.ts";
import { temporaryDirectory } from "./temporary-directory.ts";

const log = createLog(
  () => undefined,
  () => systemClock.now(),
);
using directory = temporaryDirectory();
const options = { directory: directory.path, credentialsDirectory: null, clock: systemClock, log, version: "0.0.0" };
await using core = await openCore(options);
const rooms = () => openRooms(core, { agentsDirectory: directory.path });
await using server = await openServer({ core, assets: {}, hostname: "127.0.0.1", port: 0, openRooms: rooms });
const listed = server.routes.map(({ method, path, access, shapes }) => ({
  ...{ method, path, access },
  callers: shapes.callers ?? null,
}));
console.log(JSON.stringify(listed));
