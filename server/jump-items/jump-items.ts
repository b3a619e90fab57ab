/** Jump Items as the console shows them: searched, sorted, a page at a time. */
import type { Static } from "@sinclair/typebox";
import type { JumpItemDetail, JumpItemQuery, JumpItemRow, JumpItemRows } from "../../protocol/api/console.ts";
import type { StartNeeds } from "../../protocol/api/jump-items.ts";
import { AppError } from "../../protocol/errors.ts";
import type { JumpItemPermission, Permission } from "../../protocol/permissions.ts";
import type { Actor } from "../actor.ts";
import { auditActor } from "../audit/audit-actor.ts";
import type { Clock } from "../clock.ts";
import type { Database } from "../database/database.ts";
import { hourOf, hoursUntil } from "../jump-clients/cpu-day.ts";
import { stringList } from "../jump-clients/jump-client-row.ts";
import { type JumpClients, wordsOf } from "../jump-clients/jump-clients.ts";
import type { DecisionJumpItem } from "../policy/policies.ts";
import type { LiveSession } from "../support-sessions/live-session.ts";
import type { StartConditions } from "../support-sessions/start-conditions.ts";
import type { LiveSessions } from "../support-sessions/live-sessions.ts";
import { participantOf } from "../support-sessions/session.ts";
import { JumpGroupsInSight } from "./jump-group-tree.ts";
import type { JumpItemSight } from "./jump-item-sight.ts";
import { countOf, type JumpItemColumns, pageOf } from "./store.ts";

const DEFAULT_PAGE = 100;

/** What an actor may do with a Jump Item; the gateway asks decide() for it. */
export type PermissionsOn = (actor: Actor, jumpItem: DecisionJumpItem) => Permission[];

export interface JumpItemsNeeds {
  readonly database: Database;
  readonly clock: Clock;
  readonly jumpClients: JumpClients;
  readonly sessions: LiveSessions;
  readonly sight: JumpItemSight;
  readonly permissionsOn: PermissionsOn;
  readonly conditions: StartConditions;
}

export class JumpItems {
  /** The Jump Groups they stand in. */
  readonly jumpGroups: JumpGroupsInSight;

  constructor(private readonly needs: JumpItemsNeeds) {
    this.jumpGroups = new JumpGroupsInSight(needs.database, needs.sight);
  }

  async list(query: JumpItemQuery, actor: Actor): Promise<Static<typeof JumpItemRows>> {
    const { queries } = this.needs.database;
    const words = wordsOf(query.search ?? "");
    const sought = { query, words, seen: this.needs.sight.of(actor) };
    const page = { offset: query.offset ?? 0, limit: query.limit ?? DEFAULT_PAGE };
    const { status: _status, search: _search, ...place } = query;
    const isNarrowed = words.length > 0 || query.status !== undefined;
    const totalInPlace = await countOf(queries, { ...sought, query: place, words: [] });
    const total = isNarrowed ? await countOf(queries, sought) : totalInPlace;
    const rows = await pageOf(queries, sought, { ...page, total });
    const hour = hourOf(this.needs.clock.now());
    return { rows: rows.map((row) => shown(row, hour)), total, totalInPlace };
  }

  /** @throws {AppError} not_found, also for one this person may not see */
  async detail(id: string, actor: Actor): Promise<JumpItemDetail> {
    const { jumpClients, sessions } = this.needs;
    const jumpClient = await jumpClients.find(id);
    const { permissions } = await this.seen(id, actor);
    const properties = await jumpClients.properties(id);
    if (jumpClient === null || properties === null) throw gone();
    const session = sessions.ofJumpClient(id);
    return {
      ...jumpClient,
      cpuHours: await jumpClients.cpuHours(id),
      session: session === undefined ? null : shownSession(session, actor),
      recentSessions: await sessions.recent(id),
      permissions,
      properties,
    };
  }

  /** @throws {AppError} not_found, permission.denied */
  async startNeeds(id: string, actor: Actor): Promise<StartNeeds> {
    await this.require(id, actor, "session.start");
    const { jumpItem } = await this.seen(id, actor);
    return await this.needs.conditions.needsOf(actor, jumpItem);
  }

  /** Its computer is told to uninstall the Jump Client. @throws {AppError} not_found, permission.denied */
  async remove(id: string, actor: Actor): Promise<void> {
    await this.require(id, actor, "jump-items.remove");
    await this.needs.jumpClients.remove(id, auditActor(actor));
  }

  /** Writes a refusal down. @throws {AppError} not_found, permission.denied */
  async require(id: string, actor: Actor, permission: JumpItemPermission): Promise<void> {
    const { permissions } = await this.seen(id, actor);
    if (permissions.includes(permission)) return;
    await this.needs.jumpClients.recordDenial(auditActor(actor), id, permission);
    throw denied();
  }

  /** A Jump Item and what this person may do with it. @throws {AppError} not_found, also where they may not see it */
  async seen(id: string, actor: Actor): Promise<{ jumpItem: DecisionJumpItem; permissions: Permission[] }> {
    const jumpItem = await this.needs.jumpClients.decisionItem(id);
    if (jumpItem === null) throw gone();
    const permissions = this.needs.permissionsOn(actor, jumpItem);
    if (!permissions.includes("jump-items.view")) throw gone();
    return { jumpItem, permissions };
  }
}

/** For whoever may not see a Jump Item it is not there, either. */
const gone = () => new AppError("not_found", "This Jump Item is not there any more.");
const denied = () =>
  new AppError(
    "permission.denied",
    "Your Jump Item Role does not let you do that here. An administrator can allow it.",
  );

function shownSession(session: LiveSession, actor: Actor): NonNullable<JumpItemDetail["session"]> {
  return {
    id: session.id,
    startedAt: session.facts.startedAt,
    owner: participantOf(session.model, session.model.owner)?.displayName ?? "",
    participants: session.model.participants.map((participant) => participant.displayName),
    includesMe: session.has(actor.id),
  };
}

/** @param hour the hour that runs, for what is told of the last 24 */
function shown(row: JumpItemColumns, hour: number): JumpItemRow {
  return {
    id: row.id,
    name: row.name,
    hostName: row.host_name,
    status: row.is_in_session ? "in-session" : row.is_online === 1 ? "online" : "offline",
    statusSince: row.status_since,
    system: row.system,
    jumpMethod: "jump-client",
    jumpGroup: row.jump_group,
    jumpGroupName: row.jump_group_name,
    tag: row.tag,
    comments: row.comments,
    signedInUsers: stringList(row.signed_in_users),
    isScreenLocked: row.is_screen_locked === null ? null : row.is_screen_locked === 1,
    cpuPercent: row.cpu_percent,
    cpuHours: hoursUntil(row.cpu_day, hour),
    lastAccessedAt: row.last_accessed_at,
  };
}
