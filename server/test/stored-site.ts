/** A site's policies really written to a database, and asked as the running server asks them; without sockets. */
import type { DefinedSettings, PolicySettings } from "../../protocol/account-settings.ts";
import type { JumpRules } from "../../protocol/api/policies.ts";
import type { TeamRole } from "../../protocol/api/users.ts";
import type { Decision } from "../../protocol/decision.ts";
import type { RepresentativeId } from "../../protocol/ids.ts";
import type { JumpItemPermission, Permission } from "../../protocol/permissions.ts";
import type { SessionRules } from "../../protocol/session-policy.ts";
import type { Actor } from "../actor.ts";
import { Audit } from "../audit/audit.ts";
import { type Database, openDatabase } from "../database/database.ts";
import { GatewayAccess } from "../gateway/access.ts";
import { JumpClients } from "../jump-clients/jump-clients.ts";
import { OnlineJumpClients } from "../jump-clients/online-jump-clients.ts";
import { insertSampleJumpClients } from "../jump-clients/sample-jump-clients.ts";
import { newId } from "../new-id.ts";
import { openPolicyBook, type PolicyBook } from "../policy-book/policy-book.ts";
import { openSecrets } from "../secrets/secrets.ts";
import { defaultSettings, SiteSettings } from "../settings/settings.ts";
import { temporaryDirectory } from "./temporary-directory.ts";
import { TestClock } from "./test-clock.ts";

const AT = "2026-11-18T12:00:00.000Z";
const ended = (): void => undefined;

export interface StoredGroupPolicy {
  readonly settings?: PolicySettings;
  readonly members?: readonly string[];
  readonly jumpGroups?: ReadonlyMap<string, string | null>;
  readonly removedJumpGroups?: readonly string[];
  readonly areJumpGroupsFinal?: boolean;
  readonly teams?: ReadonlyMap<string, TeamRole>;
}

/** Whatever is added holds at once after settle(). */
export class StoredSite implements AsyncDisposable {
  #position = 0;
  readonly #stack: AsyncDisposableStack;

  private constructor(
    readonly database: Database,
    readonly policyBook: PolicyBook,
    readonly access: GatewayAccess,
    readonly clock: TestClock,
    private readonly jumpClients: JumpClients,
    stack: AsyncDisposableStack,
  ) {
    this.#stack = stack;
  }

  /** The console is on. */
  static async open(): Promise<StoredSite> {
    await using stack = new AsyncDisposableStack();
    const directory = stack.use(temporaryDirectory());
    const clock = new TestClock();
    const database = stack.use(await openDatabase(directory.path));
    await database.queries.insertInto("settings").values({ name: "isConsoleEnabled", value: "true" }).execute();
    const settings = new SiteSettings(database.queries, defaultSettings("localhost"));
    const policyBook = await openPolicyBook(database, settings);
    const access = new GatewayAccess(policyBook, () => clock.now());
    const audit = new Audit(clock, openSecrets(directory.path, null, true));
    const online = new OnlineJumpClients();
    const listener = { changed: ended, moved: ended, leaving: ended };
    const jumpClients = new JumpClients(database, audit, clock, online, policyBook, listener);
    return new StoredSite(database, policyBook, access, clock, jumpClients, stack.move());
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#stack.disposeAsync();
  }

  /** What was written is read. */
  settle(): Promise<void> {
    return this.policyBook.changed();
  }

  async account(settings: DefinedSettings = {}): Promise<string> {
    const id = newId<string>();
    const row = { id, username: id, display_name: `Account ${id}`, settings: JSON.stringify(settings) };
    const rest = {
      password_hash: "",
      is_disabled: 0,
      failed_sign_ins: 0,
      password_changed_at: AT,
      created_at: AT,
    } as const;
    await this.database.queries
      .insertInto("representatives")
      .values({ ...row, ...rest })
      .execute();
    return id;
  }

  async setOwn(account: string, settings: DefinedSettings): Promise<void> {
    const row = { settings: JSON.stringify(settings) };
    await this.database.queries.updateTable("representatives").set(row).where("id", "=", account).execute();
  }

  /** Below those that are there. */
  async groupPolicy({ settings = {}, members = [], jumpGroups, teams, ...rest }: StoredGroupPolicy): Promise<string> {
    const id = newId<string>();
    const [name, position] = [`Policy ${id}`, (this.#position += 1)];
    const row = { id, position, name, description: "", settings: JSON.stringify(settings), created_at: AT, version: 1 };
    const { queries } = this.database;
    const jump_groups_final = rest.areJumpGroupsFinal === true ? 1 : 0;
    await queries
      .insertInto("group_policies")
      .values({ ...row, jump_groups_final })
      .execute();
    for (const representative of members)
      await queries.insertInto("group_policy_users").values({ group_policy: id, representative }).execute();
    for (const [jump_group, role] of jumpGroups ?? [])
      await queries.insertInto("group_policy_jump_groups").values({ group_policy: id, jump_group, role }).execute();
    for (const jump_group of rest.removedJumpGroups ?? []) {
      const removal = { group_policy: id, jump_group, role: null, is_removal: 1 } as const;
      await queries.insertInto("group_policy_jump_groups").values(removal).execute();
    }
    for (const [team, role] of teams ?? [])
      await queries.insertInto("group_policy_teams").values({ group_policy: id, team, role }).execute();
    return id;
  }

  async sessionPolicy(rules: SessionRules): Promise<string> {
    const id = newId<string>();
    const row = { id, display_name: `Rules ${id}`, code_name: id, description: "", rules: JSON.stringify(rules) };
    const rest = { for_users: 1, for_rep_invite: 1, for_jump_items: 1, created_at: AT, version: 1 } as const;
    await this.database.queries
      .insertInto("session_policies")
      .values({ ...row, ...rest })
      .execute();
    return id;
  }

  async setRules(sessionPolicy: string, rules: SessionRules): Promise<void> {
    const row = { rules: JSON.stringify(rules) };
    await this.database.queries.updateTable("session_policies").set(row).where("id", "=", sessionPolicy).execute();
  }

  async role(...permissions: JumpItemPermission[]): Promise<string> {
    const id = newId<string>();
    const row = { id, name: `Role ${id}`, description: "", permissions: JSON.stringify(permissions) };
    const rest = { is_built_in: 0, created_at: AT, version: 1 } as const;
    await this.database.queries
      .insertInto("jump_item_roles")
      .values({ ...row, ...rest })
      .execute();
    return id;
  }

  async jumpPolicy(rules: JumpRules): Promise<string> {
    const id = newId<string>();
    const row = { id, display_name: `Jump Policy ${id}`, code_name: id, description: "", rules: JSON.stringify(rules) };
    await this.database.queries
      .insertInto("jump_policies")
      .values({ ...row, created_at: AT, version: 1 })
      .execute();
    return id;
  }

  async jumpGroup(
    change: { owner?: string; assistance?: "both" | "attended" | "unattended"; endpoint_tools?: 0 | 1 | null } = {},
  ): Promise<string> {
    const id = newId<string>();
    const row = { id, name: `Group ${id}`, comments: "", created_at: AT, owner: null, endpoint_tools: null };
    await this.database.queries
      .insertInto("jump_groups")
      .values({ ...row, ...change })
      .execute();
    return id;
  }

  async jumpGroupUser(jump_group: string, representative: string, role: string | null): Promise<void> {
    await this.database.queries.insertInto("jump_group_users").values({ jump_group, representative, role }).execute();
  }

  async team(members: ReadonlyMap<string, TeamRole>): Promise<string> {
    const id = newId<string>();
    const row = { id, name: `Team ${id}`, code_name: id, comments: "", created_at: AT, version: 1 };
    await this.database.queries.insertInto("teams").values(row).execute();
    for (const [representative, role] of members)
      await this.database.queries.insertInto("team_members").values({ team: id, representative, role }).execute();
    return id;
  }

  /** Jump Clients of a Jump Group, with somebody signed in and the screen unlocked. */
  async jumpItems(jumpGroup: string, count: number): Promise<string[]> {
    const { queries } = this.database;
    await insertSampleJumpClients(this.database, jumpGroup, count);
    const rows = await queries.selectFrom("jump_clients").select("id").where("jump_group", "=", jumpGroup).execute();
    await queries.updateTable("jump_clients").set({ is_leaving: 0 }).where("jump_group", "=", jumpGroup).execute();
    return rows.map(({ id }) => id);
  }

  /** Nobody is signed in at it any more. */
  async leave(jumpItem: string): Promise<void> {
    await this.database.queries
      .updateTable("jump_clients")
      .set({ signed_in_users: "[]" })
      .where("id", "=", jumpItem)
      .execute();
  }

  async actor(account: string): Promise<Actor> {
    const rights = await this.policyBook.rightsOf(account);
    const who = { id: account as RepresentativeId, username: account, displayName: account };
    return { ...who, rights, scopes: null, signIn: "", area: "console", address: "192.0.2.1" };
  }

  /** The Jump Item as the running server asks about it. */
  async jumpItem(id: string) {
    const found = await this.jumpClients.decisionItem(id);
    if (found === null) throw new Error(`no Jump Item ${id}`);
    return found;
  }

  /** The decision for somebody about a Jump Item, in a session of their own unless said otherwise. */
  async decide(
    account: string,
    permission: Permission,
    jumpItem: string | null,
    isSessionOwner = true,
  ): Promise<Decision> {
    const item = jumpItem === null ? null : await this.jumpItem(jumpItem);
    return this.access.decide(await this.actor(account), permission, item, isSessionOwner);
  }

  async outcome(account: string, permission: Permission, jumpItem: string | null, isSessionOwner = true) {
    return (await this.decide(account, permission, jumpItem, isSessionOwner)).outcome;
  }
}
