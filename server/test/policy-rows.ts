/** Policies put straight into the tables, for tests of what follows from them. */
import type { JumpRules } from "../../protocol/api/policies.ts";
import type { JumpItemPermission } from "../../protocol/permissions.ts";
import type { SessionGrants } from "../../protocol/session-policy.ts";
import type { Core } from "../core.ts";
import { newId } from "../new-id.ts";
import { ruleless } from "./test-policies.ts";

const AT = "2026-11-21T01:00:00.000Z";

/** Runs what writes, then has everybody hear of the new policies. */
async function write(core: Core, work: Parameters<Core["database"]["transaction"]>[0]): Promise<void> {
  await core.database.transaction(work);
  await core.policyBook.changed();
}

/** A Jump Item Role of these permissions; gives its id. */
export async function addRole(core: Core, ...permissions: JumpItemPermission[]): Promise<string> {
  const id = newId<string>();
  const row = { id, name: id, description: "", permissions: JSON.stringify(permissions), is_built_in: 0 as const };
  await write(core, async (tx) => {
    await tx
      .insertInto("jump_item_roles")
      .values({ ...row, created_at: AT, version: 1 })
      .execute();
  });
  return id;
}

/** A Jump Group; with `owner`, somebody's personal list. */
export async function addJumpGroup(core: Core, name: string, owner: string | null = null): Promise<string> {
  const row = { id: newId<string>(), name, comments: "", created_at: AT, owner, endpoint_tools: null };
  await write(core, async (tx) => void (await tx.insertInto("jump_groups").values(row).execute()));
  return row.id;
}

/** Puts an account into a Jump Group with a role there; null: its default role. */
export async function addMember(core: Core, jumpGroup: string, account: string, role: string | null): Promise<void> {
  const row = { jump_group: jumpGroup, representative: account, role };
  await write(core, async (tx) => void (await tx.insertInto("jump_group_users").values(row).execute()));
}

/** A team whose lead or manager is `lead` and whose only member is `member`; gives its id. */
export async function addTeam(
  core: Core,
  lead: { readonly account: string; readonly role: "lead" | "manager" },
  member: string,
): Promise<string> {
  const id = newId<string>();
  await write(core, async (tx) => {
    const row = { id, name: id, code_name: id, comments: "", created_at: AT, version: 1 };
    await tx.insertInto("teams").values(row).execute();
    const members = [
      { team: id, representative: lead.account, role: lead.role },
      { team: id, representative: member, role: "member" },
    ];
    await tx.insertInto("team_members").values(members).execute();
  });
  return id;
}

/** A Jump Policy that asks for nothing but what is given; gives its id. */
export async function addJumpPolicy(core: Core, rules: Partial<JumpRules>): Promise<string> {
  const id = newId<string>();
  const names = { display_name: `Jump Policy ${id}`, code_name: id.toLowerCase(), description: "" };
  const row = { id, ...names, rules: JSON.stringify({ ...ruleless, ...rules }), created_at: AT, version: 1 };
  await write(core, async (tx) => void (await tx.insertInto("jump_policies").values(row).execute()));
  return id;
}

/** A session policy that is available to Jump Items, or not; gives its id. */
export async function addSessionPolicy(
  core: Core,
  grants: SessionGrants,
  { isForJumpItems = true, prompting = null }: { isForJumpItems?: boolean; prompting?: object | null } = {},
): Promise<string> {
  const id = newId<string>();
  const names = { display_name: `Session policy ${id}`, code_name: id.toLowerCase(), description: "" };
  const availability = { for_users: 1, for_rep_invite: 0, for_jump_items: isForJumpItems ? 1 : 0 } as const;
  const rules = JSON.stringify({ grants, prompting });
  await write(core, async (tx) => {
    const row = { id, ...names, ...availability, rules, created_at: AT, version: 1 };
    await tx.insertInto("session_policies").values(row).execute();
  });
  return id;
}

/** Gives a Jump Item policies, straight in its row. */
export async function assign(
  core: Core,
  jumpItem: string,
  change: { readonly jump_policy?: string; readonly present_policy?: string; readonly absent_policy?: string },
): Promise<void> {
  await write(
    core,
    async (tx) => void (await tx.updateTable("jump_clients").set(change).where("id", "=", jumpItem).execute()),
  );
}
