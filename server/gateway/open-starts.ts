/** Wires what a start is decided by: Jump Policies, requests for access, ticket ids, end users' proofs. */
import { AccessRequests, type RequestNews } from "../access-requests/access-requests.ts";
import { auditActor } from "../audit/audit-actor.ts";
import type { Core } from "../core.ts";
import { EndUserProofs } from "../end-user-proofs/end-user-proofs.ts";
import type { JumpClientId } from "../../protocol/ids.ts";
import type { JumpClients } from "../jump-clients/jump-clients.ts";
import { SiteJumpItemSettings } from "../jump-items/jump-item-settings.ts";
import { TicketCheck } from "../jump-items/ticket-check.ts";
import { deciding } from "../actor.ts";
import { mayAnswerRequest } from "../policy/jump-start.ts";
import type { LiveSessions } from "../support-sessions/live-sessions.ts";
import { StartConditions } from "../support-sessions/start-conditions.ts";
import type { GatewayAccess } from "./access.ts";
import type { ConsoleSockets } from "./console-sockets.ts";
import { controlFrame } from "./control-frame.ts";

export interface StartParts {
  readonly accessRequests: AccessRequests;
  readonly jumpItemSettings: SiteJumpItemSettings;
  readonly endUserProofs: EndUserProofs;
  readonly conditions: StartConditions;
}

interface Wired {
  readonly jumpClients: JumpClients;
  readonly sessions: LiveSessions;
  readonly consoles: ConsoleSockets;
  readonly access: GatewayAccess;
  /** Called when a Jump Item's properties have changed. */
  changed(jumpItem: JumpClientId): void;
}

/** Makes them; `wired` are the gateway's parts they hold on to. */
export function openStarts(core: Core, wired: Wired): StartParts {
  const { database, audit, clock, policyBook, log, secrets, settings } = core;
  const { jumpClients, sessions } = wired;
  const accessRequests = new AccessRequests({
    ...{ database, audit, clock, policyBook },
    decisionItem: (id) => jumpClients.decisionItem(id),
    decisionItems: (ids) => jumpClients.decisionItems(ids),
    changed: (news) => tellOfRequest(core, wired, news),
  });
  const jumpItemSettings = new SiteJumpItemSettings(database, audit, policyBook);
  const ticketCheck = new TicketCheck(async () => (await jumpItemSettings.read()).ticketCheckUrl, log);
  const changed = (jumpItem: string) => wired.changed(jumpItem as JumpClientId);
  const endUserProofs = new EndUserProofs({ database, audit, clock, secrets, settings, changed });
  const conditions = new StartConditions({
    ...{ clock, policyBook },
    runningWith: (jumpItem) => sessions.ofJumpClient(jumpItem),
    newestRequest: (actor, jumpItem) => accessRequests.newest(actor, jumpItem),
    approversOf: (jumpItem) => accessRequests.approversOf(jumpItem),
    requireTicket: (ticket, { username, displayName: name }, jumpItem) =>
      ticketCheck.require({ ticket, representative: { username, name }, jumpItem }),
    requireEndUserCode: (jumpItem, code) => endUserProofs.require(jumpItem, code),
    recordRefusal: (actor, jumpItem, code) => jumpClients.recordRefusedStart(auditActor(actor), jumpItem, code),
  });
  return { accessRequests, jumpItemSettings, endUserProofs, conditions };
}

/** The one who asked and everybody who may answer look at the requests again. */
function tellOfRequest({ policyBook, clock }: Core, { consoles, access }: Wired, { by, jumpItem }: RequestNews): void {
  const frame = controlFrame({ type: "access-requests.changed" });
  const [policies, now] = [policyBook.current(), clock.now()];
  for (const console of [...consoles.all()]) {
    if (console.actor === null) continue;
    const actor = deciding(access.rightsNow(console.actor));
    if (console.actor.id === by || mayAnswerRequest(actor, { by, jumpItem }, policies, now)) console.send(frame);
  }
}
