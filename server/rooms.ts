/** The nouns that live on top of the core: the gateway with its Jump Clients and support sessions, and file transfers. */
import type { Core } from "./core.ts";
import { FileTransfers } from "./file-transfers/file-transfers.ts";
import { openGateway } from "./gateway/open-gateway.ts";
import { fileTransferRoutes } from "./file-transfers/routes.ts";
import type { Rooms } from "./server.ts";

export interface RoomsOptions {
  /** Where the agents of every platform lie: <directory>/<platform>/causeway-agent.gz. */
  readonly agentsDirectory: string;
  /** How often a Jump Client is to be heard, in ms; shorter in tests. */
  readonly heartbeatIntervalMs?: number;
  /** How long a socket may take to prove itself, in ms; shorter in tests. */
  readonly proofTimeoutMs?: number;
}

/** Wires them for a serving process. */
export async function openRooms(core: Core, options: RoomsOptions): Promise<Rooms> {
  let port = 0;
  const opened = await openGateway(core, { ...options, port: () => port });
  const transfers = new FileTransfers(core.database, core.audit, core.clock, opened.agentLinks);
  return {
    routes: [...opened.routes, ...fileTransferRoutes(transfers, core.log)],
    gateway: opened.gateway,
    listening: (chosen) => {
      port = chosen;
    },
    [Symbol.asyncDispose]: () => opened[Symbol.asyncDispose](),
  };
}
