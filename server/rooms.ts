/** The nouns that live on top of the core: the gateway with its Jump Clients and support sessions, and file transfers. */
import { accessRequestRoutes } from "./access-requests/routes.ts";
import { type ApplianceServices, openApplianceServices } from "./appliance-services.ts";
import type { ApplianceParts } from "./appliance-status/open-appliance-status.ts";
import { applianceStatusRoutes } from "./appliance-status/routes.ts";
import { auditActor } from "./audit/audit-actor.ts";
import type { Core } from "./core.ts";
import { endUserProofRoutes } from "./end-user-proofs/routes.ts";
import { FileTransfers } from "./file-transfers/file-transfers.ts";
import { type GatewayOptions, type OpenedGateway, openGateway } from "./gateway/open-gateway.ts";
import { AgentBinaries } from "./installers/agent-binaries.ts";
import { installerRoutes } from "./installers/routes.ts";
import { jumpClientRoutes } from "./jump-clients/routes.ts";
import { jumpGroupRoutes } from "./jump-groups/routes.ts";
import { jumpItemRoleRoutes } from "./jump-item-roles/routes.ts";
import { consoleInstallerRoutes } from "./jump-items/console-installer-routes.ts";
import { ConsoleInstallers } from "./jump-items/console-installers.ts";
import { jumpItemRoutes } from "./jump-items/routes.ts";
import { jumpPolicyRoutes } from "./jump-policies/routes.ts";
import { sessionPolicyRoutes } from "./session-policies/routes.ts";
import { fileTransferRoutes } from "./file-transfers/routes.ts";
import { endLeftTransfers } from "./file-transfers/session-end.ts";
import type { Rooms } from "./server.ts";
import type { Route } from "./route.ts";
import type { OpenedUpdates } from "./updates/open-updates.ts";
import { alertRoutes } from "./alerts/routes.ts";
import { snmpRoutes } from "./snmp/routes.ts";
import { statusRoutes } from "./status/routes.ts";
import { syslogRoutes } from "./syslog/routes.ts";
import { updateRoutes } from "./updates/routes.ts";

export interface RoomsOptions extends Omit<GatewayOptions, "port"> {
  /** Where the agents of every platform lie: <directory>/<platform>/causeway-agent.gz. */
  readonly agentsDirectory: string;
  /** The key of whoever makes updates, PEM; default: where an appliance's image has it. */
  readonly updateKeyFile?: string;
}

export interface OpenedRooms extends Rooms {
  readonly opened: OpenedGateway;
  readonly applianceStatus: ApplianceParts;
  readonly updates: OpenedUpdates;
}

/** Wires them for a serving process. */
export async function openRooms(core: Core, options: RoomsOptions): Promise<OpenedRooms> {
  let port = 0;
  const opened = await openGateway(core, { ...options, port: () => port });
  await endLeftTransfers(core.database, core.audit, core.clock.now().toISOString());
  const agents = new AgentBinaries(options.agentsDirectory);
  const consoleInstallers = new ConsoleInstallers({
    ...{ installers: opened.installers, policyBook: core.policyBook, clock: core.clock },
    recordDenial: (actor, permission) => opened.jumpClients.recordDenial(auditActor(actor), "", permission),
  });
  const transfers = new FileTransfers(core.database, core.audit, core.clock, opened.agentLinks);
  const { updateKeyFile } = options;
  const services = await openApplianceServices(core, {
    drain: opened.drain,
    ...(updateKeyFile === undefined ? {} : { updateKeyFile }),
  });
  return {
    routes: [
      ...serviceRoutes(services),
      ...statusRoutes({ ...core, softwareRestarts: services.status.softwareRestarts }),
      ...jumpClientRoutes(opened.jumpClients),
      ...jumpGroupRoutes(core),
      ...jumpItemRoutes(opened.jumpItems, opened.jumpItemEdits, opened.starts.jumpItemSettings),
      ...accessRequestRoutes(opened.starts.accessRequests),
      ...endUserProofRoutes(opened.starts.endUserProofs, (id, actor, needed) =>
        opened.jumpItems.require(id, actor, needed),
      ),
      ...jumpItemRoleRoutes(core),
      ...jumpPolicyRoutes(core),
      ...sessionPolicyRoutes(core, opened.jumpClients),
      ...installerRoutes(opened.installers, agents),
      ...consoleInstallerRoutes(consoleInstallers, agents),
      ...fileTransferRoutes(transfers, core.log),
    ],
    gateway: opened.gateway,
    firewallOpenings: [services.snmp],
    addPart: (part) => services.status.status.add(part),
    ...{ opened, applianceStatus: services.status, updates: services.updates },
    listening: (chosen) => {
      port = chosen;
    },
    [Symbol.asyncDispose]: async () => {
      await services[Symbol.asyncDispose]();
      await opened[Symbol.asyncDispose]();
    },
  };
}

function serviceRoutes({ status, updates, syslog, alerts, snmp }: ApplianceServices): Route[] {
  return [
    ...applianceStatusRoutes(status),
    ...updateRoutes(updates.updates),
    ...syslogRoutes(syslog),
    ...alertRoutes(alerts),
    ...snmpRoutes(snmp),
  ];
}
