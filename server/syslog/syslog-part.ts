/** How the syslog receiver is, for the appliance's status and its connection test. */
import { lookup } from "node:dns/promises";
import type { Reachable } from "../appliance-status/connection-test.ts";
import type { PartSource } from "../appliance-status/parts.ts";
import { reachPort } from "../appliance-status/reachables.ts";
import type { Syslog } from "./syslog.ts";

/** How many rows wait, and why; nothing where no receiver is named. */
export function syslogPart(syslog: Pick<Syslog, "shown">): PartSource {
  return async () => {
    const { isEnabled, waiting, problem } = await syslog.shown();
    if (!isEnabled) return null;
    return { name: "syslog", load: waiting, health: problem === "" ? "ok" : "attention", reason: problem };
  };
}

/** The receiver. Of one that takes datagrams nothing is heard, so only its name is looked up. */
export async function syslogReachables(syslog: Pick<Syslog, "shown">): Promise<readonly Reachable[]> {
  const { isEnabled, host, port, transport } = await syslog.shown();
  if (!isEnabled) return [];
  const resolve = async (): Promise<string> => {
    await lookup(host);
    return "";
  };
  const reach = transport === "udp" ? resolve : reachPort(host, port);
  return [{ use: "syslog", target: `${host}:${port}`, reach }];
}
