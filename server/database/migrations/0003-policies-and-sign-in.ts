import { type Kysely, sql } from "kysely";

/** Ids of the Jump Item Roles every site has; also in server/jump-item-roles. */
const ADMINISTRATOR_ROLE = "AAAAAAAAAAAAAAAAAAAAAA";
const START_ROLE = "AAAAAAAAAAAAAAAAAAAAAQ";

/**
 * Teams, group policies, session policies, Jump Item Roles, Jump Policies, security providers, further proofs at
 * sign-in, API accounts. What an account might do by its role becomes settings of its own.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of [...accounts, ...policies, ...jump, ...programs]) await statement.execute(db);
  await rolesBecomeSettings(db);
}

const accounts = [
  sql`alter table representatives add column public_name text not null default ''`,
  sql`alter table representatives add column email text not null default '' collate nocase`,
  sql`alter table representatives add column provider text not null default 'local'`,
  sql`alter table representatives add column external_id text`,
  sql`alter table representatives add column expires_at text`,
  sql`alter table representatives add column is_break_glass integer not null default 0`,
  sql`alter table representatives add column must_change_password integer not null default 0`,
  sql`alter table representatives add column totp_secret text`,
  sql`alter table representatives add column totp_last_step integer`,
  sql`alter table representatives add column language text not null default ''`,
  sql`alter table representatives add column settings text not null default '{}'`,
  sql`alter table representatives add column last_active_at text`,
  sql`alter table representatives add column version integer not null default 1`,
  sql`create unique index representatives_by_external_id on representatives (provider, external_id)
    where external_id is not null`,
  sql`create table password_history (representative text not null references representatives (id) on delete cascade,
    password_hash text not null, created_at text not null, primary key (representative, created_at)) without rowid`,
  sql`create table reset_links (token_hash text primary key, representative text not null
    references representatives (id) on delete cascade, created_at text not null, expires_at text not null) without rowid`,
  sql`create table passkeys (id text primary key, representative text not null references representatives (id)
    on delete cascade, name text not null, public_key text not null, counter integer not null, transports text not null,
    aaguid text not null, is_backed_up integer not null, created_at text not null, last_used_at text) without rowid`,
  sql`create index passkeys_by_representative on passkeys (representative)`,
  sql`create table sign_in_steps (token_hash text primary key, kind text not null, representative text,
    value text not null, expires_at text not null) without rowid`,
  sql`create index sign_in_steps_by_end on sign_in_steps (expires_at)`,
  sql`alter table sign_ins add column id text not null default ''`,
  sql`update sign_ins set id = substr(token_hash, 1, 22)`,
  sql`create unique index sign_ins_by_id on sign_ins (id)`,
  sql`alter table sign_ins add column method text not null default 'password'`,
  sql`alter table sign_ins add column proved_at text`,
  sql`create table login_preferences (representative text primary key references representatives (id) on delete cascade,
    value text not null) without rowid`,
];

const policies = [
  sql`create table teams (id text primary key, name text not null collate nocase unique, code_name text not null unique,
    comments text not null, created_at text not null, version integer not null)`,
  sql`create table team_members (team text not null references teams (id) on delete cascade, representative text not null
    references representatives (id) on delete cascade, role text not null, primary key (team, representative))
    without rowid`,
  sql`create index team_members_by_representative on team_members (representative)`,
  sql`create table group_policies (id text primary key, position integer not null, name text not null collate nocase unique,
    description text not null, settings text not null, jump_groups_final integer not null default 0, created_at text not null,
    version integer not null)`,
  sql`create table group_policy_users (group_policy text not null references group_policies (id) on delete cascade,
    representative text not null references representatives (id) on delete cascade,
    primary key (group_policy, representative)) without rowid`,
  sql`create index group_policy_users_by_representative on group_policy_users (representative)`,
  sql`create table group_policy_provider_groups (group_policy text not null references group_policies (id) on delete cascade,
    provider text not null references providers (id) on delete cascade, group_name text not null,
    primary key (group_policy, provider, group_name)) without rowid`,
  sql`create table group_policy_jump_groups (group_policy text not null references group_policies (id) on delete cascade,
    jump_group text not null references jump_groups (id) on delete cascade, role text references jump_item_roles (id),
    is_removal integer not null default 0, primary key (group_policy, jump_group)) without rowid`,
  sql`create table group_policy_teams (group_policy text not null references group_policies (id) on delete cascade,
    team text not null references teams (id) on delete cascade, role text not null, primary key (group_policy, team))
    without rowid`,
  sql`create table session_policies (id text primary key, display_name text not null collate nocase unique,
    code_name text not null unique, description text not null, for_users integer not null, for_rep_invite integer not null,
    for_jump_items integer not null, rules text not null, created_at text not null, version integer not null)`,
  sql`create table jump_item_roles (id text primary key, name text not null collate nocase unique, description text not null,
    permissions text not null, is_built_in integer not null, created_at text not null, version integer not null)`,
  sql`create table jump_policies (id text primary key, display_name text not null collate nocase unique,
    code_name text not null unique, description text not null, rules text not null, created_at text not null,
    version integer not null)`,
];

const jump = [
  sql`alter table jump_groups add column code_name text not null default ''`,
  sql`alter table jump_groups add column owner text references representatives (id)`,
  sql`alter table jump_groups add column assistance text not null default 'both'`,
  sql`alter table jump_groups add column endpoint_tools integer`,
  sql`alter table jump_groups add column version integer not null default 1`,
  sql`create unique index jump_groups_by_owner on jump_groups (owner) where owner is not null`,
  sql`create table jump_group_users (jump_group text not null references jump_groups (id) on delete cascade,
    representative text not null references representatives (id) on delete cascade,
    role text references jump_item_roles (id), primary key (jump_group, representative)) without rowid`,
  sql`create index jump_group_users_by_representative on jump_group_users (representative)`,
  ...(["jump_clients", "installers"] as const).flatMap((table) => [
    sql`alter table ${sql.table(table)} add column jump_policy text references jump_policies (id)`,
    sql`alter table ${sql.table(table)} add column present_policy text references session_policies (id)`,
    sql`alter table ${sql.table(table)} add column absent_policy text references session_policies (id)`,
  ]),
  sql`alter table jump_clients add column public_portal text`,
  sql`alter table jump_clients add column is_screen_saver_on integer`,
  sql`alter table jump_clients add column end_user_secret text`,
  sql`alter table jump_clients add column end_user_last_step integer`,
  sql`alter table support_sessions add column presence text not null default 'absent'`,
  sql`alter table support_sessions add column ticket text not null default ''`,
  sql`alter table support_sessions add column schedule_ends_at text`,
  sql`create table access_requests (id text primary key, representative text not null references representatives (id)
    on delete cascade, jump_client text not null references jump_clients (id) on delete cascade, reason text not null,
    state text not null, requested_at text not null, decided_by text, decided_at text, valid_until text)`,
  sql`create index access_requests_by_representative on access_requests (representative, jump_client)`,
];

const programs = [
  sql`create table providers (id text primary key, kind text not null, name text not null collate nocase unique,
    is_enabled integer not null, position integer not null, config text not null, mapping text not null,
    email_domains text not null, secrets text not null, last_used_at text, was_used_by_administrator integer not null,
    created_at text not null, version integer not null)`,
  sql`create table external_groups (representative text not null references representatives (id) on delete cascade,
    provider text not null references providers (id) on delete cascade, group_name text not null,
    primary key (representative, provider, group_name)) without rowid`,
  sql`create index external_groups_by_group on external_groups (provider, group_name)`,
  sql`create table scim_groups (id text primary key, provider text not null references providers (id) on delete cascade,
    display_name text not null, external_id text, unique (provider, display_name)) without rowid`,
  sql`create table used_assertions (provider text not null, assertion text not null, expires_at text not null,
    primary key (provider, assertion)) without rowid`,
  sql`create table provider_sessions (sign_in text primary key references sign_ins (token_hash) on delete cascade,
    provider text not null, name_id text not null, session_index text not null) without rowid`,
  sql`create index provider_sessions_by_name on provider_sessions (provider, name_id)`,
  sql`create table provider_log (sequence integer primary key, provider text not null, at text not null,
    outcome text not null, code text not null, message text not null, name text not null)`,
  sql`create index provider_log_by_provider on provider_log (provider, sequence)`,
  sql`create table api_accounts (id text primary key, name text not null collate nocase unique, comments text not null,
    client_id text not null unique, secret_hash text not null, scopes text not null, networks text not null,
    is_enabled integer not null, expires_at text, made_by text not null references representatives (id)
    on delete cascade, created_at text not null, last_used_at text, version integer not null)`,
  sql`create table api_tokens (token_hash text primary key, api_account text not null references api_accounts (id)
    on delete cascade, scopes text not null, expires_at text not null) without rowid`,
];

async function rolesBecomeSettings(db: Kysely<unknown>): Promise<void> {
  const now = sql`strftime('%Y-%m-%dT%H:%M:%fZ', 'now')`;
  const insertRole = (id: string, name: string, description: string, permissions: readonly string[]) =>
    sql`insert into jump_item_roles (id, name, description, permissions, is_built_in, created_at, version)
      values (${id}, ${name}, ${description}, ${JSON.stringify(permissions)}, 1, ${now}, 1)`.execute(db);
  await insertRole(ADMINISTRATOR_ROLE, "Administrator", "Everything there is to do with Jump Items.", allJumpItem);
  await insertRole(START_ROLE, "Start sessions only", "Sees Jump Items and starts sessions with them.", [
    "jump-items.view",
    "session.start",
  ]);
  const administrator = JSON.stringify({ "site.administer": true });
  const representative = JSON.stringify({
    "console.use": true,
    "session.join": true,
    "session.end": true,
    systemJumpItemRole: START_ROLE,
  });
  await sql`update representatives set settings =
    case role when 'administrator' then ${administrator} else ${representative} end`.execute(db);
  await sql`alter table representatives drop column role`.execute(db);
}

const allJumpItem = [
  "jump-items.view",
  "jump-items.create",
  "jump-items.move",
  "jump-items.remove",
  "session.start",
  "jump-items.edit-tag",
  "jump-items.edit-comments",
  "jump-items.edit-public-portal",
  "jump-items.edit-jump-policy",
  "jump-items.edit-session-policy",
  "jump-items.edit-connectivity",
  "jump-items.edit-behavior",
];
