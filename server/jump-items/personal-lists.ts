/** Personal lists: a Jump Group of one's own, made when it is first needed. */
import type { JumpItemPermission } from "../../protocol/permissions.ts";
import { type Actor, deciding } from "../actor.ts";
import { auditActor } from "../audit/audit-actor.ts";
import type { Audit } from "../audit/audit.ts";
import type { Tx } from "../database/database.ts";
import { newId } from "../new-id.ts";
import { decide } from "../policy/decide.ts";
import type { Policies } from "../policy/policies.ts";
import { findPersonalList, insertPersonalList, isJumpGroupName } from "./store.ts";

/** Whether one holds a permission on the Jump Items of one's own list, whether or not there is one yet. */
export function holdsOnOwnList(actor: Actor, permission: JumpItemPermission, policies: Policies, now: Date): boolean {
  const made = [...policies.jumpGroups.values()].find(({ owner }) => owner === actor.id);
  const list = made ?? { id: "own", name: "", owner: actor.id, assistance: "both" as const, hasEndpointTools: null };
  const place = { id: "", jumpGroup: list.id, jumpPolicy: null, presentPolicy: null, absentPolicy: null } as const;
  const withList = { ...policies, jumpGroups: new Map([[list.id, list]]) };
  const question = { actor: deciding(actor), permission, policies: withList, now };
  return decide({ ...question, jumpItem: { ...place, presence: "absent" } }).outcome === "allow";
}

/** The id of one's own list; made in the caller's transaction, after whose commit the policy book must be told. */
export async function ownListOf(
  tx: Tx,
  audit: Audit,
  actor: Actor,
  now: Date,
): Promise<{ readonly id: string; readonly isNew: boolean }> {
  const before = await findPersonalList(tx, actor.id);
  if (before !== null) return { id: before, isNew: false };
  const [id, name] = [newId<string>(), await freeName(tx, actor.username)];
  await insertPersonalList(tx, { id, name, owner: actor.id, created_at: now.toISOString() });
  await audit.record(tx, {
    ...{ action: "jump-group.created", outcome: "succeeded", actor: auditActor(actor) },
    object: { kind: "jump-group", id, name },
    detail: { owner: actor.username },
  });
  return { id, isNew: true };
}

async function freeName(tx: Tx, username: string): Promise<string> {
  const wished = `Personal list of ${username}`;
  let name = wished;
  for (let count = 2; await isJumpGroupName(tx, name); count += 1) name = `${wished} (${count})`;
  return name;
}
