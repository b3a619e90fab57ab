/** Jump Items as the console shows them: searched, sorted, a page at a time. */
import type { JumpGroupTree, JumpItemDetail, JumpItemQuery, JumpItemRow } from "../../protocol/api/console.ts";
import { AppError } from "../../protocol/errors.ts";
import type { Permission } from "../../protocol/permissions.ts";
import type { Actor } from "../actor.ts";
import type { Database } from "../database/database.ts";
import { stringList } from "../jump-clients/jump-client-row.ts";
import { type JumpClients, wordsOf } from "../jump-clients/jump-clients.ts";
import type { DecisionJumpItem } from "../policy/policies.ts";
import type { LiveSessions } from "../support-sessions/live-sessions.ts";
import { participantOf } from "../support-sessions/session.ts";
import { countByGroupAndTag, countOf, type JumpItemColumns, pageOf } from "./store.ts";

const DEFAULT_PAGE = 100;

/** What an actor may do with a Jump Item; the gateway asks decide() for it. */
export type PermissionsOn = (actor: Actor, jumpItem: DecisionJumpItem) => Permission[];

export class JumpItems {
  constructor(
    private readonly database: Database,
    private readonly jumpClients: JumpClients,
    private readonly sessions: LiveSessions,
    private readonly permissionsOn: PermissionsOn,
  ) {}

  async list(query: JumpItemQuery): Promise<{ rows: JumpItemRow[]; total: number; totalInPlace: number }> {
    const { queries } = this.database;
    const words = wordsOf(query.search ?? "");
    const page = { offset: query.offset ?? 0, limit: query.limit ?? DEFAULT_PAGE };
    const rows = await pageOf(queries, query, words, page);
    const { status: _status, search: _search, ...place } = query;
    const isNarrowed = words.length > 0 || query.status !== undefined;
    const totalInPlace = await countOf(queries, place, []);
    const total = isNarrowed ? await countOf(queries, query, words) : totalInPlace;
    return { rows: rows.map(shown), total, totalInPlace };
  }

  /** @throws {AppError} not_found */
  async detail(id: string, actor: Actor): Promise<JumpItemDetail> {
    const jumpClient = await this.jumpClients.find(id);
    const jumpItem = await this.jumpClients.decisionItem(id);
    if (jumpClient === null || jumpItem === null)
      throw new AppError("not_found", "This Jump Item is not there any more.");
    const session = this.sessions.ofJumpClient(id);
    return {
      ...jumpClient,
      session:
        session === undefined
          ? null
          : {
              id: session.id,
              startedAt: session.facts.startedAt,
              owner: participantOf(session.model, session.model.owner)?.displayName ?? "",
              participants: session.model.participants.map((participant) => participant.displayName),
              includesMe: session.has(actor.id),
            },
      recentSessions: await this.sessions.recent(id),
      permissions: this.permissionsOn(actor, jumpItem),
    };
  }

  async tree(): Promise<JumpGroupTree> {
    const counts = await countByGroupAndTag(this.database.queries);
    const jumpGroups = new Map<string, JumpGroupTree["jumpGroups"][number]>();
    for (const { id, name, tag, total } of counts) {
      const group = jumpGroups.get(id) ?? { id, name, total: 0, tags: [] };
      jumpGroups.set(id, group);
      group.total += total;
      if (tag !== null && tag !== "") group.tags.push({ tag, total });
    }
    return {
      total: [...jumpGroups.values()].reduce((sum, group) => sum + group.total, 0),
      frequent: await countOf(this.database.queries, { frequent: true }, []),
      jumpGroups: [...jumpGroups.values()],
    };
  }
}

function shown(row: JumpItemColumns): JumpItemRow {
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
    lastAccessedAt: row.last_accessed_at,
  };
}
