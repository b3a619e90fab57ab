import { readTextFile } from "../system/durable-file.ts";
import type { System } from "../system/system.ts";
import { openParts } from "./action-table.ts";
import { openHelperSocket } from "./helper-socket.ts";

/** The group of the server, whose members may open the socket. */
const SERVER_GROUP = "causeway";
/** How often chrony is told what DHCP says of time servers, where that changed. */
const CLOCK_REFRESH_MS = 60_000;

/** Serves the helper's socket until it is stopped. */
export async function runHelper(system: System, untilStopped: Promise<void>): Promise<void> {
  using parts = openParts(system);
  parts.network.resume();
  await using _socket = await openHelperSocket({
    path: system.paths.helperSocket,
    groupId: groupId(system, SERVER_GROUP),
    table: parts.table,
  });
  const timer = setInterval(() => {
    parts.clock
      .refresh()
      .catch((error: unknown) => system.log(`The time servers could not be told to chrony. ${String(error)}`));
  }, CLOCK_REFRESH_MS);
  await untilStopped;
  clearInterval(timer);
}

/** A group's number in /etc/group; null where there is none. */
function groupId({ paths }: System, name: string): number | null {
  const lines = readTextFile(paths.groups)?.split("\n") ?? [];
  const fields = lines.map((line) => line.split(":")).find((words) => words[0] === name);
  return fields === undefined ? null : Number(fields[2]);
}
