/** Jump Clients as an administrator and a session see them: listed, changed, removed. */
import type { Static } from "@sinclair/typebox";
import type { ChangeJumpClient, JumpClient } from "../../protocol/api/administration.ts";
import type { JumpItemProperties } from "../../protocol/api/jump-items.ts";
import { AppError, type ErrorCode } from "../../protocol/errors.ts";
import type { JumpClientId } from "../../protocol/ids.ts";
import type { AuditActor } from "../audit/audit-event.ts";
import type { Audit } from "../audit/audit.ts";
import type { Clock } from "../clock.ts";
import type { Database, Tx } from "../database/database.ts";
import type { Presence } from "../../protocol/session-policy.ts";
import type { PolicyBook } from "../policy-book/policy-book.ts";
import type { DecisionJumpItem, Policies } from "../policy/policies.ts";
import { presenceOf } from "../policy/presence.ts";
import type { SessionTarget } from "../support-sessions/session-target.ts";
import { hourOf, hoursUntil } from "./cpu-day.ts";
import { JumpClientEdits } from "./jump-client-edits.ts";
import type { JumpClientListener } from "./jump-client-listener.ts";
import { parseJson, stringList } from "./jump-client-row.ts";
import type { OnlineJumpClients } from "./online-jump-clients.ts";
import {
  countAccess,
  deleteJumpClient,
  findCpuDay,
  findJumpClient,
  findJumpClients,
  hasJumpGroup,
  type JumpClientUpdate,
  type JumpClientWithGroup,
  jumpClientsInSession,
  jumpGroupsOf,
  listJumpClients,
  markAllOffline,
  updateJumpClient,
} from "./store.ts";

const DEFAULT_PAGE = 100;

export class JumpClients {
  /** What representatives change, as far as their roles let them. */
  readonly edits: JumpClientEdits;

  constructor(
    private readonly database: Database,
    private readonly audit: Audit,
    private readonly clock: Clock,
    private readonly online: OnlineJumpClients,
    private readonly policyBook: PolicyBook,
    private readonly listener: JumpClientListener,
  ) {
    this.edits = new JumpClientEdits(audit, listener);
  }

  /** At the start of the server nobody is connected yet. */
  async begin(): Promise<void> {
    await markAllOffline(this.database.queries, this.clock.now().toISOString());
  }

  async list(query: {
    readonly search?: string;
    readonly offset?: number;
    readonly limit?: number;
  }): Promise<{ jumpClients: JumpClient[]; total: number }> {
    const { search = "", offset = 0, limit = DEFAULT_PAGE } = query;
    const { rows, total } = await listJumpClients(this.database.queries, wordsOf(search), offset, limit);
    const inSession = await jumpClientsInSession(this.database.queries);
    return { jumpClients: rows.map((row) => shown(row, inSession.has(row.id))), total };
  }

  /** One Jump Client as it is shown; null when it is not there or is leaving. */
  async find(id: string): Promise<JumpClient | null> {
    const row = await findJumpClient(this.database.queries, id);
    if (row === undefined || row.is_leaving === 1) return null;
    const inSession = await jumpClientsInSession(this.database.queries);
    return shown(row, inSession.has(id));
  }

  /** @throws {AppError} not_found */
  async change(id: string, change: Static<typeof ChangeJumpClient>, actor: AuditActor): Promise<JumpClient> {
    const left = await this.database.transaction(async (tx) => {
      const row = await this.#find(tx, id);
      if (change.jumpGroup !== undefined && !(await hasJumpGroup(tx, change.jumpGroup)))
        throw new AppError("not_found", "That Jump Group is gone. Choose another one.");
      await updateJumpClient(tx, id, columnsOf(change));
      await this.#record(tx, "jump-client.changed", row, actor, { ...change });
      return row.jump_group;
    });
    if (change.jumpGroup !== undefined) this.listener.moved(id as JumpClientId, { jumpGroup: change.jumpGroup });
    this.listener.changed([id as JumpClientId], left);
    const changed = await this.find(id);
    if (changed === null) throw gone();
    return changed;
  }

  /**
   * Removes a Jump Client: it is hidden at once, told to uninstall itself now or when it next connects, and its row goes
   * when it says that it has. Removing one that is already leaving forgets it without waiting.
   * @throws {AppError} not_found
   */
  async remove(id: string, actor: AuditActor): Promise<void> {
    const left = await this.database.transaction(async (tx) => {
      const row = await this.#find(tx, id);
      if (row.is_leaving === 1) await deleteJumpClient(tx, id);
      else await updateJumpClient(tx, id, { is_leaving: 1 });
      await this.#record(tx, "jump-client.deleted", row, actor, { isForgotten: row.is_leaving === 1 });
      return row.jump_group;
    });
    this.listener.leaving(id as JumpClientId);
    this.listener.changed([id as JumpClientId], left);
  }

  /** The endpoint says that nothing is left of it there. */
  async uninstalled(id: JumpClientId, address: string): Promise<void> {
    const left = await this.database.transaction(async (tx) => {
      const row = await findJumpClient(tx, id);
      if (row === undefined) return undefined;
      await deleteJumpClient(tx, id);
      const actor: AuditActor = { kind: "jump-client", id, name: row.name, address };
      await this.#record(tx, "jump-client.uninstalled", row, actor, {});
      return row.jump_group;
    });
    this.listener.changed([id], left);
  }

  /** What decide() is asked about; null when there is no such Jump Item. */
  async decisionItem(id: string): Promise<DecisionJumpItem | null> {
    const row = await findJumpClient(this.database.queries, id);
    return row === undefined || row.is_leaving === 1 ? null : this.#decisionItemOf(row);
  }

  /** The same for many at once, by id; one that is not there has none. */
  async decisionItems(ids: readonly string[]): Promise<ReadonlyMap<string, DecisionJumpItem>> {
    const rows = await findJumpClients(this.database.queries, ids);
    const staying = rows.filter((row) => row.is_leaving === 0);
    return new Map(staying.map((row) => [row.id, this.#decisionItemOf(row)]));
  }

  #decisionItemOf(row: JumpClientWithGroup): DecisionJumpItem {
    return { id: row.id, ...placeOf(row), presence: presenceNow(row, this.policyBook.current()) };
  }

  /** In which Jump Group each stands; one that is not there is not named. */
  async jumpGroupsOf(ids: readonly JumpClientId[]): Promise<ReadonlyMap<string, string>> {
    return await jumpGroupsOf(this.database.queries, ids);
  }

  /** How busy it was in each of the last 24 hours; null: nothing is known, or it is not there. */
  async cpuHours(id: string): Promise<string | null> {
    return hoursUntil(await findCpuDay(this.database.queries, id), hourOf(this.clock.now()));
  }

  /** What its properties dialog shows; null when it is not there. */
  async properties(id: string): Promise<JumpItemProperties | null> {
    const row = await findJumpClient(this.database.queries, id);
    if (row === undefined || row.is_leaving === 1) return null;
    const policies = this.policyBook.current();
    const named = (policy: { readonly id: string; readonly name: string } | undefined) =>
      policy === undefined ? null : { id: policy.id, name: policy.name };
    return {
      jumpPolicy: named(policies.jumpPolicies.get(row.jump_policy ?? "")),
      presentPolicy: named(policies.sessionPolicies.get(row.present_policy ?? "")),
      absentPolicy: named(policies.sessionPolicies.get(row.absent_policy ?? "")),
      publicPortal: null,
      presence: presenceNow(row, policies),
      hasEndUserProof: row.end_user_secret !== null,
    };
  }

  /** A Jump Client with which a session can start or is running. @throws {AppError} not_found, agent.offline */
  async sessionTarget(id: string): Promise<SessionTarget> {
    const row = await findJumpClient(this.database.queries, id);
    if (row === undefined || row.is_leaving === 1) throw gone();
    const connection = this.online.get(id);
    if (connection === undefined && !(await jumpClientsInSession(this.database.queries)).has(id))
      throw new AppError("agent.offline", `${row.name} is offline. Try again when it is back.`);
    return {
      jumpClient: id as JumpClientId,
      place: placeOf(row),
      presence: presenceNow(row, this.policyBook.current()),
      name: row.name,
      hostName: row.host_name,
      operatingSystem: row.operating_system,
      capabilities: connection?.capabilities ?? [],
    };
  }

  /** A session starts with it, in the caller's transaction. */
  async countAccess(tx: Tx, id: JumpClientId): Promise<void> {
    await countAccess(tx, id, this.clock.now().toISOString());
  }

  /** Somebody was refused something about a Jump Client. */
  async recordDenial(actor: AuditActor, id: string, asked: string): Promise<void> {
    await this.database.transaction(async (tx) => {
      const name = (await findJumpClient(tx, id))?.name ?? "";
      const object = { kind: "jump-client", id, name };
      await this.audit.record(tx, { action: "permission.denied", outcome: "denied", actor, object, detail: { asked } });
    });
  }

  /** Somebody was refused a session by what a Jump Policy wants. */
  async recordRefusedStart(actor: AuditActor, id: string, code: ErrorCode): Promise<void> {
    await this.database.transaction(async (tx) => {
      const object = { kind: "jump-client", id, name: (await findJumpClient(tx, id))?.name ?? "" };
      await this.audit.record(tx, { action: "session.refused", outcome: "denied", actor, object, detail: { code } });
    });
  }

  async #find(tx: Tx, id: string): Promise<JumpClientWithGroup> {
    const row = await findJumpClient(tx, id);
    if (row === undefined) throw gone();
    return row;
  }

  async #record(
    tx: Tx,
    action: "jump-client.changed" | "jump-client.deleted" | "jump-client.uninstalled",
    row: JumpClientWithGroup,
    actor: AuditActor,
    detail: Readonly<Record<string, unknown>>,
  ): Promise<void> {
    const object = { kind: "jump-client", id: row.id, name: row.name };
    await this.audit.record(tx, { action, outcome: "succeeded", actor, object, detail });
  }
}

/** The words of a search as they are looked for; at most 16, so that a long text costs no more than a short one. */
export function wordsOf(search: string): string[] {
  return search.toLowerCase().split(/\s+/).filter(Boolean).slice(0, 16);
}

const placeOf = (row: JumpClientWithGroup) => ({
  jumpGroup: row.jump_group,
  jumpPolicy: row.jump_policy,
  presentPolicy: row.present_policy,
  absentPolicy: row.absent_policy,
});

/** By what the Jump Client told last. */
function presenceNow(row: JumpClientWithGroup, policies: Policies): Presence {
  const yes = (flag: 0 | 1 | null) => (flag === null ? null : flag === 1);
  const signedInUsers = stringList(row.signed_in_users);
  const [isScreenLocked, isScreenSaverOn] = [yes(row.is_screen_locked), yes(row.is_screen_saver_on)];
  return presenceOf({ signedInUsers, isScreenLocked, isScreenSaverOn }, policies);
}

function gone(): AppError {
  return new AppError("not_found", "This Jump Client is not there any more.");
}

function columnsOf(change: Static<typeof ChangeJumpClient>): JumpClientUpdate {
  const { name, jumpGroup, tag, comments } = change;
  return {
    ...(name === undefined ? {} : { name }),
    ...(jumpGroup === undefined ? {} : { jump_group: jumpGroup }),
    ...(tag === undefined ? {} : { tag }),
    ...(comments === undefined ? {} : { comments }),
  };
}

function shown(row: JumpClientWithGroup, isInSession: boolean): JumpClient {
  return {
    id: row.id,
    name: row.name,
    hostName: row.host_name,
    status: isInSession ? "in-session" : row.is_online === 1 ? "online" : "offline",
    jumpGroup: row.jump_group,
    jumpGroupName: row.jump_group_name,
    tag: row.tag,
    comments: row.comments,
    operatingSystem: row.operating_system,
    platform: row.platform,
    architecture: row.architecture,
    agentVersion: row.agent_version,
    publicAddress: row.public_address,
    privateAddresses: stringList(row.private_addresses),
    signedInUsers: stringList(row.signed_in_users),
    isScreenLocked: row.is_screen_locked === null ? null : row.is_screen_locked === 1,
    hasDisplay: row.has_display === 1,
    cpuPercent: row.cpu_percent,
    memoryTotalBytes: row.memory_total_bytes,
    memoryUsedBytes: row.memory_used_bytes,
    disks: disksOf(row.disks),
    bootedAt: row.booted_at,
    statusSince: row.status_since,
    lastAccessedAt: row.last_accessed_at,
    createdAt: row.created_at,
    isLeaving: row.is_leaving === 1,
  };
}

/** Written by jump-client-row.ts from a checked message, so a value that is a list is one of disks. */
function disksOf(json: string): JumpClient["disks"] {
  const disks = parseJson(json);
  return Array.isArray(disks) ? (disks as JumpClient["disks"]) : [];
}
