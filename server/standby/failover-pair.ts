/** What is done with the pair: inviting, joining, changing roles, a drill, parting; by people at /appliance and by programs. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import type { Invitation, Standby } from "../../protocol/api/appliance/standby.ts";
import type { LaneWord, SteppedBack } from "../../protocol/standby.ts";
import type { ApplianceAdministrator } from "../actor.ts";
import type { ApplianceSignIns } from "../appliance-administrators/sign-ins.ts";
import { auditActor } from "../audit/audit-actor.ts";
import type { AuditActor, AuditEvent } from "../audit/audit-event.ts";
import type { Audit } from "../audit/audit.ts";
import type { Clock } from "../clock.ts";
import type { Database, Tx } from "../database/database.ts";
import type { Log } from "../log.ts";
import { KEY_FILE } from "../secrets/secrets.ts";
import { newToken } from "../sign-in/token.ts";
import { Drill } from "./drill.ts";
import { encodeInvitation, joinBy, readInvitation } from "./invitation.ts";
import type { LaneAddress } from "./lane/dial.ts";
import type { Lane } from "./lane/lane.ts";
import { fingerprintOf } from "./lane/pair-keys.ts";
import type { Pair } from "./pair.ts";
import type { PairLink } from "./pair-link.ts";
import { refused, RoleSwitch } from "./role-switch.ts";

const INVITATION_MS = 30 * 60_000;
/** The page reads the answer before the connection ends. */
const RESTART_AFTER_MS = 300;

export interface FailoverPairNeeds {
  readonly pair: Pair;
  readonly link: PairLink;
  readonly database: Database;
  readonly audit: Audit;
  readonly applianceSignIns: ApplianceSignIns;
  readonly clock: Clock;
  readonly log: Log;
  siteName(): Promise<string>;
  /** Where administration is answered here, and this machine's addresses. */
  ownPlace(): LaneAddress;
  ownAddresses(): readonly string[];
}

export class FailoverPair {
  readonly #needs: FailoverPairNeeds;
  readonly #switch: RoleSwitch;
  readonly #drill: Drill;
  #isJoining = false;
  constructor(needs: FailoverPairNeeds) {
    this.#needs = needs;
    this.#switch = new RoleSwitch({ ...needs, record: (tx, actor, event) => this.#record(tx, actor, event) });
    this.#drill = new Drill(needs);
  }

  /** How the pair is now. */
  view(): Standby {
    const { pair, link } = this.#needs;
    const { record } = pair;
    const { peer, lastReachedAt, lastSwitch, history } = record;
    return {
      role: record.role,
      peer:
        peer === null
          ? null
          : {
              ...{ address: peer.host, fingerprint: fingerprintOf(peer.key) },
              ...{ isReached: link.isReached, lastReachedAt },
            },
      ...this.#progress(),
      ...{ lastSwitch, history, problem: this.#problem() },
    };
  }

  /** Makes an invitation; one that was there before is good no more. @throws {AppError} standby.refused */
  async invite(actor: ApplianceAdministrator, reachedAs: string): Promise<Invitation> {
    const { pair, clock, ownPlace, ownAddresses, siteName } = this.#needs;
    const { keys, role } = pair.record;
    this.#requireSingle();
    if (role === "standby")
      throw refused("Only an appliance that serves its site invites a standby. This one follows another, or did.");
    const secret = newToken();
    const expiresAt = new Date(clock.now().getTime() + INVITATION_MS).toISOString();
    const { host, port } = ownPlace();
    const hosts = [...(host === "" ? ownAddresses() : [host]), reachedAs];
    await this.#act(actor, { action: "standby.invited" });
    // Whoever came by an earlier one meanwhile is the standby.
    this.#requireSingle();
    pair.change({ invitation: { secret, expiresAt } });
    return {
      invitation: encodeInvitation({ hosts, port, key: keys.publicKey, secret, siteName: await siteName() }),
      expiresAt,
    };
  }

  /** Becomes the standby of whoever invited. @throws {AppError} standby.refused */
  async join(actor: ApplianceAdministrator, text: string): Promise<Standby> {
    const { pair, log, siteName, ownPlace } = this.#needs;
    const { keys } = pair.record;
    this.#requireSingle();
    if (!existsSync(join(pair.directory, KEY_FILE)))
      throw refused(
        "The secret key of this appliance comes from the system (causeway.key), and a standby needs the other one's. Take that credential away first.",
      );
    const invitation = readInvitation(text);
    if (invitation === null) throw refused("This is no invitation. Copy it whole from the other appliance.");
    await this.#act(actor, { action: "standby.joined", detail: { siteName: invitation.siteName } });
    const { port, host } = ownPlace();
    const own = { keys, port, host, siteName: await siteName() };
    const met = await this.#joinAlone(invitation, own);
    if (typeof met === "string") {
      log.warn("the appliance that invites did not answer", { reason: met });
      throw refused(
        "The other appliance did not take this invitation: it is used, too old, or does not reach it. Make a new one.",
      );
    }
    pair.note(`This appliance became the standby of ${met.host}.`, {
      ...{ role: "standby", term: met.term, hasYielded: false, invitation: null, lastSwitch: null, steppedBack: null },
      peer: { key: invitation.key, host: met.host, port: met.port, siteName: met.siteName },
    });
    pair.restart(RESTART_AFTER_MS);
    return this.view();
  }

  /** Of two invitations at once the second would leave a primary whose standby never comes. */
  async #joinAlone(...[invitation, own]: Parameters<typeof joinBy>): ReturnType<typeof joinBy> {
    if (this.#isJoining) throw refused("This appliance is being made a standby right now. Wait until that is over.");
    this.#isJoining = true;
    try {
      return await joinBy(invitation, own);
    } finally {
      this.#isJoining = false;
    }
  }

  #requireSingle(): void {
    const { peer, role } = this.#needs.pair.record;
    if (peer !== null || role === "primary")
      throw refused("This appliance has a pair already, and a pair is two. End it first.");
  }

  /** Changes roles. @throws {AppError} standby.refused */
  async switchRoles(
    actor: AuditActor & { readonly kind: string },
    isForced: boolean,
    check?: (tx: Tx) => Promise<void>,
  ): Promise<Standby> {
    await this.#switch.begin(actor, isForced, check);
    return this.view();
  }

  /** For an administrator of the appliance, whose sign-in must still hold. */
  async switchBy(actor: ApplianceAdministrator, isForced: boolean): Promise<Standby> {
    return await this.switchRoles(auditActor(actor), isForced, async (tx) => {
      await this.#needs.applianceSignIns.requireIn(tx, actor);
    });
  }

  /** Opens a copy of the standby's copy, looks at all of it, throws it away. @throws {AppError} standby.refused */
  async drill(actor: ApplianceAdministrator): Promise<Standby> {
    await this.#act(actor, { action: "standby.drilled" });
    await this.#drill.run();
    return this.view();
  }

  /** Ends the pair on this side, and on the other one where it is reached. */
  async part(actor: ApplianceAdministrator): Promise<Standby> {
    const { pair, link } = this.#needs;
    if (pair.record.peer === null) throw refused("There is no pair to end.");
    // The other one may be serving: alone this one would serve beside it.
    if (pair.record.hasYielded)
      throw refused("This appliance gave its role away and waits for the other one. Change roles by force first.");
    this.#switch.requireStill();
    await this.#act(actor, { action: "standby.parted" });
    this.#switch.requireStill();
    link.lane?.send({ type: "parted" });
    // The word goes out before the line ends.
    await Bun.sleep(100);
    await this.#parted();
    return this.view();
  }

  /** What the other one says about roles. */
  heard(word: LaneWord, lane: Lane): void {
    this.#switch.heard(word, lane);
    this.#drill.heard(word, lane);
    if (word.type === "parted")
      void this.#parted().catch((error: unknown) => this.#needs.log.error("the pair did not end", error));
  }

  /** Removes what acts left that a power cut broke off. */
  removeLeftovers(): void {
    this.#drill.removeLeftovers();
  }

  /** What was done while the database was another one's is written into the log of this one. */
  async recordWhatWasDone(): Promise<void> {
    const { pair, database } = this.#needs;
    const { unrecorded } = pair.record;
    if (unrecorded.length === 0 || !pair.isServing) return;
    await database.transaction(async (tx) => {
      for (const detail of unrecorded)
        await this.#record(tx, { kind: "system" }, { action: "standby.took-over", detail: { ...detail } });
    });
    pair.change({ unrecorded: [] });
  }

  /**
   * That the other one stepped back is written into the log of the database that is served since: what only its former one
   * has is known there, too. Once, though it is said with each line; a power cut between the two may write it twice.
   */
  async recordStepBack({ at, term, wroteAloneAfter }: SteppedBack): Promise<void> {
    const { pair, database } = this.#needs;
    if (!pair.isServing || pair.record.recordedStepBackAt === at) return;
    const detail = { term, steppedBackAt: at, ...(wroteAloneAfter === null ? {} : { wroteAloneAfter }) };
    await database.transaction((tx) =>
      this.#record(tx, { kind: "system" }, { action: "standby.stepped-back", detail }),
    );
    pair.change({ recordedStepBackAt: at });
  }

  /**
   * Without a pair a primary stands alone. A standby serves nothing all the same: what it has is an old copy of a site that
   * the other one serves.
   */
  async #parted(): Promise<void> {
    const { pair, link } = this.#needs;
    const isPrimary = pair.record.role === "primary";
    pair.note("The pair was ended.", {
      ...{ peer: null, invitation: null, hasYielded: false, taking: null },
      role: isPrimary ? "alone" : "standby",
    });
    await link.endLine("the pair was ended");
    link.letGo();
    if (!isPrimary) await pair.copy.remove();
  }

  #progress(): Pick<Standby, "behindSeconds" | "behindBytes" | "copying"> {
    const { pair, link, clock } = this.#needs;
    if (pair.record.role !== "standby") return link.shipper?.progress ?? unknown;
    const since = link.contact.inStepAtMs;
    const { position } = pair.copy;
    const pulse = link.follower?.pulse ?? null;
    const isComparable = pulse !== null && position !== null && pulse.salts === position.salts;
    return {
      copying: link.copying,
      behindSeconds:
        since === null || link.follower === null ? null : Math.max(0, (clock.monotonicMs() - since) / 1000),
      behindBytes: isComparable ? Math.max(0, pulse.bytes - position.bytes) : null,
    };
  }

  #problem(): string {
    const { pair, link } = this.#needs;
    const { role, peer, hasYielded } = pair.record;
    if (hasYielded)
      return "This appliance gave its role away and has not heard whether it was taken. It serves nothing until it hears, or until roles are changed by force.";
    if (role === "standby" && peer === null)
      return "The pair has ended. This appliance keeps an old copy of the site and does not serve it. Invite this appliance again, or reset it.";
    return link.problem;
  }

  async #act(actor: ApplianceAdministrator, event: Pick<AuditEvent, "action" | "detail">): Promise<void> {
    const { database, applianceSignIns } = this.#needs;
    await database.transaction(async (tx) => {
      await applianceSignIns.requireIn(tx, actor);
      await this.#record(tx, auditActor(actor), event);
    });
  }

  async #record(tx: Tx, actor: AuditActor, { action, detail }: Pick<AuditEvent, "action" | "detail">): Promise<void> {
    const { peer } = this.#needs.pair.record;
    const object = { kind: "appliance", id: peer?.host ?? "", name: peer?.host ?? "" };
    await this.#needs.audit.record(tx, { action, outcome: "succeeded", actor, object, detail: detail ?? {} });
  }
}

const unknown = { copying: null, behindSeconds: null, behindBytes: null } as const;
