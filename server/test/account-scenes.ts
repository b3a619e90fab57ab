/** Accounts, teams and group policies made through the API, for tests of what follows from them. */
import type { DefinedSettings, PolicySettings } from "../../protocol/account-settings.ts";
import type { AccountPermission } from "../../protocol/permissions.ts";
import type { Core } from "../core.ts";
import type { TestBrowser } from "./test-browser.ts";

export const GROUP_POLICIES = "/api/login/group-policies";
export const USERS = "/api/login/users";
export const TEAMS = "/api/login/teams";

/** What a group policy's tests look at. */
export interface MadePolicy {
  readonly id: string;
  readonly version: number;
  readonly position: number;
  readonly members: number;
}

export const member = (user: string) => ({ kind: "user", user }) as const;

/** A group policy with nothing in it but what is given. */
export async function makePolicy(
  browser: TestBrowser,
  name: string,
  change: {
    readonly settings?: PolicySettings;
    readonly members?: readonly object[];
    readonly [field: string]: unknown;
  } = {},
): Promise<MadePolicy> {
  const empty = { description: "", settings: {}, members: [], jumpGroups: [], teams: [] };
  return await browser.json<MadePolicy>("POST", GROUP_POLICIES, { ...empty, name, ...change });
}

/** A permission given, final or not. */
export const given = (permission: AccountPermission, isFinal = false): PolicySettings => ({
  [permission]: { value: true, isFinal },
});
/** A permission denied, final or not. */
export const denied = (permission: AccountPermission, isFinal = false): PolicySettings => ({
  [permission]: { value: false, isFinal },
});

/** A provider that is on, with these accounts in its groups; returns its id. */
export async function addProvider(core: Core, groups: Readonly<Record<string, readonly string[]>>): Promise<string> {
  const id = "P".repeat(22);
  const at = "2026-11-21T01:00:00.000Z";
  const plain = { config: "{}", mapping: "{}", email_domains: "[]", secrets: "", last_used_at: null };
  const row = { id, kind: "saml", name: "Northmoor ID", is_enabled: 1 as const, position: 1, ...plain };
  const entries = Object.entries(groups).flatMap(([group_name, ids]) =>
    ids.map((representative) => ({ representative, provider: id, group_name })),
  );
  await core.database.transaction(async (tx) => {
    await tx
      .insertInto("providers")
      .values({ ...row, was_used_by_administrator: 0, created_at: at, version: 1 })
      .execute();
    if (entries.length > 0) await tx.insertInto("external_groups").values(entries).execute();
  });
  await core.policyBook.changed();
  return id;
}

/** Many accounts at once, straight into the tables; returns their ids. */
export async function addManyAccounts(core: Core, count: number, settings: DefinedSettings = {}): Promise<string[]> {
  const rows = Array.from({ length: count }, (_, index) => ({
    id: `${"many".padEnd(16, "-")}${String(index).padStart(6, "0")}`,
    username: `person${index}`,
    display_name: `${names[index % names.length]} ${index}`,
    email: `person${index}@northmoor.example`,
    password_hash: "x",
    is_disabled: 0 as const,
    failed_sign_ins: 0,
    locked_until: null,
    password_changed_at: "2026-11-21T01:00:00.000Z",
    last_sign_in_at: null,
    created_at: "2026-11-21T01:00:00.000Z",
    settings: JSON.stringify(settings),
  }));
  await core.database.transaction(async (tx) => {
    for (let first = 0; first < rows.length; first += 1000)
      await tx
        .insertInto("representatives")
        .values(rows.slice(first, first + 1000))
        .execute();
  });
  await core.policyBook.changed();
  return rows.map(({ id }) => id);
}

const names = ["Zoë", "Özgür", "李雷", "Анна", "Nguyễn", "مريم", "O'Neill", "=cmd"];
