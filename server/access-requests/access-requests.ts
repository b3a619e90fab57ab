/** Requests for access: somebody asks, somebody else agrees or not, and what was agreed holds for a while. */
import type { Static } from "@sinclair/typebox";
import type { AccessRequest, AskAccess } from "../../protocol/api/jump-items.ts";
import type { AuditAction } from "../../protocol/audit.ts";
import { AppError } from "../../protocol/errors.ts";
import { type Actor, deciding } from "../actor.ts";
import { auditActor } from "../audit/audit-actor.ts";
import type { Tx } from "../database/database.ts";
import { newId } from "../new-id.ts";
import { decide } from "../policy/decide.ts";
import { type AskedAccess, jumpPolicyOf, mayAnswerRequest } from "../policy/jump-start.ts";
import type { DecisionJumpItem } from "../policy/policies.ts";
import type { RightsChangeNeeds } from "../policy-book/rights-change.ts";
import { AskersHands } from "./askers-hands.ts";
import {
  answerRequest,
  countSince,
  countWaiting,
  findRequest,
  insertRequest,
  isJumpClient,
  type NamedRequest,
  newestRequest,
  requestsSince,
  teamName,
  withdrawRequest,
} from "./store.ts";

/** Older ones that wait no more are not shown; the audit log has them all. */
const SHOWN_DAYS = 30;
const MAX_SHOWN = 500;
/** Others' requests stand between those that concern somebody; past it the oldest are left out. */
const MAX_LOOKED_AT = 10_000;
/** Requests of one person that may wait at once. */
const MAX_WAITING = 50;

/** Requests of one person within a day, those taken back as well: each is a row and lines in the audit log. */
const MAX_A_DAY = 200;
const DAY_MS = 86_400_000;

/** Who asked for what, for whoever must hear of it. */
export interface RequestNews {
  readonly by: string;
  readonly jumpItem: DecisionJumpItem;
}

export interface AccessRequestsNeeds extends RightsChangeNeeds {
  /** What decide() is asked about; null: there is no such Jump Item. */
  decisionItem(id: string): Promise<DecisionJumpItem | null>;
  /** The same for many, by id. */
  decisionItems(ids: readonly string[]): Promise<ReadonlyMap<string, DecisionJumpItem>>;
  /** Called after each change. */
  changed(news: RequestNews): void;
}

export class AccessRequests {
  constructor(private readonly needs: AccessRequestsNeeds) {}

  /** One's own, and those one may answer: those that wait first, each newest first. */
  async list(actor: Actor): Promise<AccessRequest[]> {
    const { database, clock, policyBook } = this.needs;
    const since = new Date(clock.now().getTime() - SHOWN_DAYS * DAY_MS).toISOString();
    const shown: AccessRequest[] = [];
    const [asker, limit] = [actor.id, MAX_SHOWN];
    const hands = new AskersHands(database.queries, policyBook, asker);
    for (let offset = 0; offset < MAX_LOOKED_AT; offset += limit) {
      const rows = await requestsSince(database.queries, { since, asker, offset, limit });
      const jumpItems = await this.needs.decisionItems([...new Set(rows.map((row) => row.jump_client))]);
      for (const row of rows) {
        const jumpItem = jumpItems.get(row.jump_client);
        const mayAnswer =
          jumpItem !== undefined &&
          this.#mayAnswer(actor, row.representative, jumpItem) &&
          !(await hands.isIn(row.representative, jumpItem));
        if (mayAnswer || row.representative === asker)
          shown.push(shownRequest(row, mayAnswer && row.state === "waiting"));
      }
      if (rows.length < limit || shown.length >= MAX_SHOWN) break;
    }
    return shown.slice(0, MAX_SHOWN);
  }

  /**
   * Asks for access to a Jump Item whose Jump Policy wants somebody's approval; asking again while one waits is the same
   * request.
   * @throws {AppError} not_found, request.invalid, request.too_many
   */
  async ask({ jumpItem: id, reason }: Static<typeof AskAccess>, actor: Actor): Promise<AccessRequest> {
    const { database, clock } = this.needs;
    const jumpItem = await this.#visible(id, actor);
    if (jumpPolicyOf(jumpItem, this.needs.policyBook.current())?.rules.approval == null)
      throw new AppError("request.invalid", "Nobody needs to approve a session with this Jump Item. Start it.");
    const row = await database.transaction(async (tx) => {
      if (!(await isJumpClient(tx, id))) throw unseen();
      const newest = await newestRequest(tx, actor.id, id);
      if (newest?.state === "waiting") return (await findRequest(tx, newest.id))!;
      if ((await countWaiting(tx, actor.id)) >= MAX_WAITING)
        throw new AppError("request.too_many", "Too many of your requests wait. Withdraw some of them.");
      const yesterday = new Date(clock.now().getTime() - DAY_MS).toISOString();
      if ((await countSince(tx, actor.id, yesterday)) >= MAX_A_DAY)
        throw new AppError("request.too_many", `You made ${MAX_A_DAY} requests within a day. Ask again tomorrow.`);
      const requestId = newId<string>();
      await insertRequest(tx, {
        ...{ id: requestId, representative: actor.id, jump_client: id, reason, state: "waiting" },
        ...{ requested_at: clock.now().toISOString(), decided_by: null, decided_at: null, valid_until: null },
      });
      const asked = (await findRequest(tx, requestId))!;
      await this.#record(tx, "access.requested", asked, actor, { reason });
      return asked;
    });
    this.needs.changed({ by: actor.id, jumpItem });
    return shownRequest(row, false);
  }

  /** @throws {AppError} not_found, permission.denied, request.conflict */
  async approve(id: string, actor: Actor): Promise<AccessRequest> {
    return await this.#answer(id, actor, "approved");
  }

  /** @throws {AppError} not_found, permission.denied, request.conflict */
  async deny(id: string, actor: Actor): Promise<AccessRequest> {
    return await this.#answer(id, actor, "denied");
  }

  /** @throws {AppError} not_found, request.conflict */
  async withdraw(id: string, actor: Actor): Promise<AccessRequest> {
    const { database, clock } = this.needs;
    const row = await database.transaction(async (tx) => {
      const before = await findRequest(tx, id);
      if (before === null || before.representative !== actor.id) throw gone();
      if (!(await withdrawRequest(tx, id, actor.id, clock.now().toISOString()))) throw answered(before);
      await this.#record(tx, "access.withdrawn", before, actor, {});
      return (await findRequest(tx, id))!;
    });
    await this.#tell(row);
    return shownRequest(row, false);
  }

  /** The newest request of this person for a Jump Item, as a start is decided by it. */
  async newest(actor: Actor, jumpItem: string): Promise<AskedAccess | null> {
    const row = await newestRequest(this.needs.database.queries, actor.id, jumpItem);
    if (row === null) return null;
    const validUntil = row.valid_until === null ? null : new Date(row.valid_until);
    return { id: row.id, state: row.state as AskedAccess["state"], validUntil };
  }

  /** Who may agree, in words. */
  async approversOf(jumpItem: DecisionJumpItem): Promise<string> {
    const team = jumpPolicyOf(jumpItem, this.needs.policyBook.current())?.rules.approval?.team ?? null;
    const name = team === null ? null : await teamName(this.needs.database.queries, team);
    const others = "whoever may answer access requests";
    return name === null ? others : `leads and managers of ${name}, or ${others}`;
  }

  async #answer(id: string, actor: Actor, state: "approved" | "denied"): Promise<AccessRequest> {
    const { database, clock, policyBook } = this.needs;
    const asked = await findRequest(database.queries, id);
    const jumpItem = asked === null ? null : await this.needs.decisionItem(asked.jump_client);
    if (asked === null || jumpItem === null || !this.#concerns(actor, asked.representative, jumpItem)) throw gone();
    if (!this.#mayAnswer(actor, asked.representative, jumpItem)) return await this.#refuse(asked, actor, ownRequest);
    const minutes = jumpPolicyOf(jumpItem, policyBook.current())?.rules.approval?.validMinutes ?? 0;
    if (await new AskersHands(database.queries, policyBook, actor.id).isIn(asked.representative, jumpItem))
      return await this.#refuse(asked, actor, askersHand);
    const row = await database.transaction(async (tx) => {
      const now = clock.now();
      const until = state === "approved" ? new Date(now.getTime() + minutes * 60_000).toISOString() : null;
      const answer = { state, by: actor.id, at: now.toISOString(), until };
      if (!(await answerRequest(tx, id, answer))) throw answered((await findRequest(tx, id)) ?? asked);
      const action = state === "approved" ? "access.approved" : "access.denied";
      await this.#record(tx, action, asked, actor, { requester: asked.requester, validUntil: until });
      return (await findRequest(tx, id))!;
    });
    this.needs.changed({ by: row.representative, jumpItem });
    return shownRequest(row, false);
  }

  /** Whoever neither asked nor may answer does not learn that there is such a request. */
  #concerns(actor: Actor, by: string, jumpItem: DecisionJumpItem): boolean {
    return by === actor.id || this.#mayAnswer(actor, by, jumpItem);
  }

  #mayAnswer(actor: Actor, by: string, jumpItem: DecisionJumpItem): boolean {
    const { policyBook, clock } = this.needs;
    return mayAnswerRequest(deciding(actor), { by, jumpItem }, policyBook.current(), clock.now());
  }

  async #refuse(asked: NamedRequest, actor: Actor, { told, message }: typeof ownRequest): Promise<never> {
    await this.needs.database.transaction((tx) => this.#record(tx, "permission.denied", asked, actor, { asked: told }));
    throw new AppError("permission.denied", message);
  }

  async #visible(id: string, actor: Actor): Promise<DecisionJumpItem> {
    const jumpItem = await this.needs.decisionItem(id);
    const { policyBook, clock } = this.needs;
    const question = { actor: deciding(actor), policies: policyBook.current(), now: clock.now() };
    const isSeen =
      jumpItem !== null && decide({ ...question, jumpItem, permission: "session.start" }).outcome === "allow";
    if (!isSeen) throw unseen();
    return jumpItem;
  }

  async #tell(row: NamedRequest): Promise<void> {
    const jumpItem = await this.needs.decisionItem(row.jump_client);
    if (jumpItem !== null) this.needs.changed({ by: row.representative, jumpItem });
  }

  async #record(
    tx: Tx,
    action: AuditAction,
    row: NamedRequest,
    actor: Actor,
    detail: Readonly<Record<string, unknown>>,
  ): Promise<void> {
    const object = { kind: "jump-client", id: row.jump_client, name: row.jump_item_name };
    const outcome = action === "permission.denied" ? "denied" : "succeeded";
    await this.needs.audit.record(tx, {
      action,
      outcome,
      actor: auditActor(actor),
      object,
      detail: { request: row.id, ...detail },
    });
  }
}

const ownRequest = {
  told: "answer one's own access request",
  message: "Nobody answers their own request. Somebody else must.",
};
const askersHand = {
  told: "answer an access request of who had a hand in this account",
  message:
    "Who asks made your account, set what it signs in with, or made you the lead of the team that answers. Somebody else must answer.",
};
const unseen = () => new AppError("not_found", "There is no such Jump Item that you may start sessions with.");
const gone = () => new AppError("not_found", "This request is not there any more.");
const answered = ({ state, decider }: NamedRequest) =>
  new AppError("request.conflict", `This request is ${state} already${decider === null ? "" : `, by ${decider}`}.`);

function shownRequest(row: NamedRequest, mayDecide: boolean): AccessRequest {
  return {
    id: row.id,
    jumpItem: { id: row.jump_client, name: row.jump_item_name },
    by: { id: row.representative, name: row.requester },
    reason: row.reason,
    state: row.state as AccessRequest["state"],
    requestedAt: row.requested_at,
    decidedBy: row.decider,
    decidedAt: row.decided_at,
    validUntil: row.valid_until,
    mayDecide,
  };
}
