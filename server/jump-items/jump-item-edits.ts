/** The properties dialog: what it may offer somebody, and what it saves. Each field has a permission of its own. */
import type { Static } from "@sinclair/typebox";
import type { ChangeJumpItems, JumpItemChoices } from "../../protocol/api/jump-items.ts";
import { AppError } from "../../protocol/errors.ts";
import type { JumpItemPermission } from "../../protocol/permissions.ts";
import { type Actor, deciding } from "../actor.ts";
import { auditActor } from "../audit/audit-actor.ts";
import type { Tx } from "../database/database.ts";
import type {
  JumpClientEdits,
  JumpClientField,
  JumpClientValues,
  PlannedEdit,
} from "../jump-clients/jump-client-edits.ts";
import { decide, jumpGroupsWhere } from "../policy/decide.ts";
import type { RightsChangeNeeds } from "../policy-book/rights-change.ts";
import type { JumpItemSight } from "./jump-item-sight.ts";
import { holdsOnOwnList, ownListOf } from "./personal-lists.ts";
import { isThere, sessionPoliciesForJumpItems, tagsIn } from "./store.ts";
import { namesAmong } from "./tree-store.ts";

export interface JumpItemEditsNeeds extends RightsChangeNeeds {
  readonly sight: JumpItemSight;
  readonly edits: JumpClientEdits;
  /** Writes down that somebody was refused. */
  recordDenial(actor: Actor, jumpItem: string, permission: JumpItemPermission): Promise<void>;
}

/** What a field is called in a refusal, and what changing it needs. */
const fieldRules: Readonly<Record<JumpClientField, { readonly needs: JumpItemPermission; readonly words: string }>> = {
  name: { needs: "jump-items.edit-behavior", words: "the name" },
  jumpGroup: { needs: "jump-items.move", words: "the Jump Group" },
  tag: { needs: "jump-items.edit-tag", words: "the tag" },
  comments: { needs: "jump-items.edit-comments", words: "the comments" },
  jumpPolicy: { needs: "jump-items.edit-jump-policy", words: "the Jump Policy" },
  presentPolicy: { needs: "jump-items.edit-session-policy", words: "the session policy" },
  absentPolicy: { needs: "jump-items.edit-session-policy", words: "the session policy" },
  publicPortal: { needs: "jump-items.edit-public-portal", words: "the public portal" },
};

type Asked = Static<typeof ChangeJumpItems>;

/** What is refused inside the transaction and written down after it. */
class Refusal extends Error {
  constructor(
    readonly jumpItem: string,
    readonly permission: JumpItemPermission,
    readonly refusal: AppError,
  ) {
    super(refusal.message);
  }
}

/** Jump Groups offered at once; who looks for another types more of its name. */
const JUMP_GROUPS_OFFERED = 50;

export class JumpItemEdits {
  constructor(private readonly needs: JumpItemEditsNeeds) {}

  /** What a properties dialog offers. @param search words of the names of Jump Groups; "": the first by name */
  async choices(actor: Actor, search: string): Promise<Static<typeof JumpItemChoices>> {
    const { database, policyBook, clock, sight } = this.needs;
    const [policies, now] = [policyBook.current(), clock.now()];
    const byName = (one: { readonly name: string }, other: { readonly name: string }) =>
      one.name.localeCompare(other.name, "en", { sensitivity: "base" });
    const named = ({ id, name }: { readonly id: string; readonly name: string }) => ({ id, name });
    const movable = jumpGroupsWhere(deciding(actor), "jump-items.move", policies, now);
    const places = [...movable].filter((id) => policies.jumpGroups.get(id)?.owner !== actor.id);
    return {
      jumpGroups: await namesAmong(database.queries, places, search, JUMP_GROUPS_OFFERED),
      mayUsePersonal: holdsOnOwnList(actor, "jump-items.move", policies, now),
      jumpPolicies: Array.from(policies.jumpPolicies.values(), named).toSorted(byName),
      sessionPolicies: await sessionPoliciesForJumpItems(database.queries),
      tags: await tagsIn(database.queries, sight.of(actor)),
    };
  }

  /**
   * Changes all of them or none (JUMP-22).
   * @throws {AppError} not_found, permission.denied, request.invalid
   */
  async change({ ids, changes }: Asked, actor: Actor): Promise<void> {
    if (changes.name !== undefined && ids.length > 1)
      throw new AppError("request.invalid", "Several Jump Items cannot get one name. Choose one of them.");
    const { database, audit, clock, policyBook, edits } = this.needs;
    try {
      const { planned, isListNew } = await database.transaction(async (tx) => {
        const target = changes.jumpGroup === "personal" ? await ownListOf(tx, audit, actor, clock.now()) : null;
        const wanted = { ...changes, ...(target === null ? {} : { jumpGroup: target.id }) };
        await this.#checkValues(tx, wanted);
        const found = await edits.plan(tx, ids, wanted);
        if (found === null) throw gone();
        for (const edit of found) this.#check(edit, actor, target !== null);
        await edits.write(tx, found, auditActor(actor), (field, value) => this.#nameOf(field, value));
        return { planned: found, isListNew: target?.isNew === true };
      });
      if (isListNew) await policyBook.changed();
      edits.announce(planned);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      await this.needs.recordDenial(actor, error.jumpItem, error.permission);
      throw error.refusal;
    }
  }

  async #checkValues(
    tx: Tx,
    { jumpGroup, jumpPolicy, presentPolicy, absentPolicy, publicPortal }: Partial<JumpClientValues>,
  ) {
    const missing = (what: string) => new AppError("not_found", `${what} Choose another one.`);
    const lacks = async (kind: Parameters<typeof isThere>[1], id: string | null | undefined) =>
      id !== null && id !== undefined && !(await isThere(tx, kind, id));
    if (await lacks("jump_groups", jumpGroup)) throw missing("That Jump Group is gone.");
    if (await lacks("jump_policies", jumpPolicy)) throw missing("That Jump Policy is gone.");
    if ((await lacks("session_policies", presentPolicy)) || (await lacks("session_policies", absentPolicy)))
      throw missing("That session policy is gone, or is not available to Jump Items.");
    if (publicPortal !== null && publicPortal !== undefined) throw missing("There is no such public portal.");
  }

  /** Each field by its own permission, in the Jump Group it stands in; moving in the one it goes to, too. */
  #check({ id, before, changes }: PlannedEdit, actor: Actor, isToOwnList: boolean): void {
    const holds = (permission: JumpItemPermission, jumpGroup: string) => this.#holds(actor, permission, jumpGroup);
    if (!holds("jump-items.view", before.jumpGroup)) throw gone();
    for (const field of Object.keys(changes) as JumpClientField[]) {
      const { needs, words } = fieldRules[field];
      if (!holds(needs, before.jumpGroup))
        throw new Refusal(id, needs, denied(`You may not change ${words} of ${before.name}.`));
    }
    if (changes.jumpGroup === undefined) return;
    const { policyBook, clock } = this.needs;
    const mayArrive = isToOwnList
      ? holdsOnOwnList(actor, "jump-items.move", policyBook.current(), clock.now())
      : holds("jump-items.move", changes.jumpGroup);
    if (!mayArrive) throw new Refusal(id, "jump-items.move", denied("You may not move Jump Items there."));
  }

  #holds(actor: Actor, permission: JumpItemPermission, jumpGroup: string): boolean {
    const { policyBook, clock } = this.needs;
    const place = { id: "", jumpGroup, jumpPolicy: null, presentPolicy: null, absentPolicy: null } as const;
    const question = { actor: deciding(actor), permission, policies: policyBook.current(), now: clock.now() };
    return decide({ ...question, jumpItem: { ...place, presence: "absent" } }).outcome === "allow";
  }

  /** In the audit log a policy stands by its name. */
  #nameOf(field: JumpClientField, value: string | null): string | null {
    if (value === null) return null;
    const { jumpGroups, jumpPolicies, sessionPolicies } = this.needs.policyBook.current();
    if (field === "jumpGroup") return jumpGroups.get(value)?.name ?? value;
    if (field === "jumpPolicy") return jumpPolicies.get(value)?.name ?? value;
    if (field === "presentPolicy" || field === "absentPolicy") return sessionPolicies.get(value)?.name ?? value;
    return value;
  }
}

const gone = () => new AppError("not_found", "One of these Jump Items is not there any more. Look at the list again.");
const denied = (what: string) => new AppError("permission.denied", `${what} An administrator can allow it.`);
