/**
 * The tables. Times are UTC ISO 8601 text, booleans 0 and 1, lists and objects JSON text (validated when read); ids as
 * in protocol/ids.ts. Only store.ts files and audit/ see these types.
 */
import type { Generated } from "kysely";
import type { ApplianceSchema } from "./appliance-schema.ts";
import type { ProviderSchema } from "./provider-schema.ts";
import type { SessionSchema } from "./session-schema.ts";

type Flag = 0 | 1;

export interface Schema extends ApplianceSchema, ProviderSchema, SessionSchema {
  /** One row. `private_key` is sealed. */
  site: {
    id: 1;
    site_id: string;
    private_key: string;
    public_key: string;
    trust_bundle_version: number;
    set_up_at: string | null;
  };
  /** One row a setting; `value` is JSON. */
  settings: { name: string; value: string };
  /**
   * `key_pem` is sealed. `state`: active, next (waits for somebody or for `switches_at`), coming (served in a moment),
   * retired; all but the last are in the trust bundle.
   */
  certificates: {
    id: string;
    chain_pem: string;
    key_pem: string;
    spki_sha256: string;
    state: "active" | "next" | "coming" | "retired";
    created_at: string;
    switches_at: string | null;
    is_switch_forced: Generated<Flag>;
  };
  representatives: {
    id: string;
    username: string;
    display_name: string;
    password_hash: string;
    is_disabled: Flag;
    failed_sign_ins: number;
    locked_until: string | null;
    password_changed_at: string;
    last_sign_in_at: string | null;
    created_at: string;
    public_name: Generated<string>;
    email: Generated<string>;
    /** "local" or a provider's id. */
    provider: Generated<string>;
    /** Who this is to the provider (NameID, sub, entryUUID, SCIM id); the e-mail may change, this does not. */
    external_id: string | null;
    expires_at: string | null;
    is_break_glass: Generated<Flag>;
    must_change_password: Generated<Flag>;
    /** Sealed; null: no authenticator app. */
    totp_secret: string | null;
    /** The last step taken: a code works once. */
    totp_last_step: number | null;
    language: Generated<string>;
    /** The account's own DefinedSettings. */
    settings: Generated<string>;
    last_active_at: string | null;
    version: Generated<number>;
  };
  password_history: { representative: string; password_hash: string; created_at: string };
  reset_links: { token_hash: string; representative: string; created_at: string; expires_at: string };
  /** `id`: the credential id, base64url; `public_key`: COSE, base64url; `transports`: JSON. */
  passkeys: {
    id: string;
    representative: string;
    name: string;
    public_key: string;
    counter: number;
    transports: string;
    aaguid: string;
    is_backed_up: Flag;
    created_at: string;
    last_used_at: string | null;
  };
  /** Codes for who lost their authenticator app; `hash`: SHA-256, hex; `used_at`: each counts once. */
  recovery_codes: { representative: string; hash: string; created_at: string; used_at: string | null };
  /** Who made an account, set its password, address or proofs (`team` is ""), or made it lead or manager of a team. */
  account_hands: { account: string; hand: string; team: Generated<string> };
  /** A sign-in under way: a challenge, a request to a provider, a password that waits for its second proof. Used once. */
  sign_in_steps: {
    token_hash: string;
    kind: string;
    representative: string | null;
    value: string;
    expires_at: string;
  };
  login_preferences: { representative: string; value: string };
  teams: { id: string; name: string; code_name: string; comments: string; created_at: string; version: number };
  team_members: { team: string; representative: string; role: string };
  /** `position`: 1 is the top. `settings`: PolicySettings. `jump_groups_final`: no lower policy overrides its Jump Groups. */
  group_policies: {
    id: string;
    position: number;
    name: string;
    description: string;
    settings: string;
    jump_groups_final: Generated<Flag>;
    created_at: string;
    version: number;
  };
  group_policy_users: { group_policy: string; representative: string };
  group_policy_provider_groups: { group_policy: string; provider: string; group_name: string };
  /** `role` null: the account's default role. `is_removal`: members are taken out, and no role counts. */
  group_policy_jump_groups: {
    group_policy: string;
    jump_group: string;
    role: string | null;
    is_removal: Generated<Flag>;
  };
  group_policy_teams: { group_policy: string; team: string; role: string };
  /** `rules`: SessionRules. The global policy is a setting, not a row. */
  session_policies: {
    id: string;
    display_name: string;
    code_name: string;
    description: string;
    for_users: Flag;
    for_rep_invite: Flag;
    for_jump_items: Flag;
    rules: string;
    created_at: string;
    version: number;
  };
  /** `permissions`: JSON list of JumpItemPermission. */
  jump_item_roles: {
    id: string;
    name: string;
    description: string;
    permissions: string;
    is_built_in: Flag;
    created_at: string;
    version: number;
  };
  /** `rules`: JumpRules. */
  jump_policies: {
    id: string;
    display_name: string;
    code_name: string;
    description: string;
    rules: string;
    created_at: string;
    version: number;
  };
  /** `role` null: the account's default role. */
  jump_group_users: { jump_group: string; representative: string; role: string | null };
  announcements: {
    id: string;
    text: string;
    /** A display name: the account may go. */
    made_by: string;
    created_at: string;
    ends_at: string;
  };
  /** `state`: waiting, approved, denied, withdrawn. */
  access_requests: {
    id: string;
    representative: string;
    jump_client: string;
    reason: string;
    state: string;
    requested_at: string;
    decided_by: string | null;
    decided_at: string | null;
    valid_until: string | null;
  };
  /** `secret_hash`: SHA-256 of a random secret, base64url. `scopes`, `networks`: JSON lists. */
  api_accounts: {
    id: string;
    name: string;
    comments: string;
    client_id: string;
    secret_hash: string;
    scopes: string;
    networks: string;
    is_enabled: Flag;
    expires_at: string | null;
    made_by: string;
    created_at: string;
    last_used_at: string | null;
    version: number;
  };
  api_tokens: { token_hash: string; api_account: string; scopes: string; expires_at: string };
  /** A web sign-in. `token_hash`: SHA-256 of the cookie's token, base64url. */
  sign_ins: {
    token_hash: string;
    representative: string;
    area: string;
    created_at: string;
    last_seen_at: string;
    address: string;
    user_agent: string;
    /** When the representative had signed in before. */
    previous_sign_in_at: string | null;
    /** For lists; it signs nobody in. */
    id: Generated<string>;
    /** "password", "passkey" or a provider's id. */
    method: Generated<string>;
    /** When who sits there last proved again who they are. */
    proved_at: string | null;
  };
  preferences: { representative: string; value: string };
  /** `owner`: whose personal list it is; null: a Jump Group for many. */
  jump_groups: {
    id: string;
    name: string;
    comments: string;
    created_at: string;
    code_name: Generated<string>;
    owner: string | null;
    /** Which help its Jump Items take: both, attended, unattended (FLEX-20). */
    assistance: Generated<"both" | "attended" | "unattended">;
    /** Endpoint tools: 1 on, 0 off, null as the site says (FLEX-34). */
    endpoint_tools: Flag | null;
    version: Generated<number>;
  };
  /** `token_hash`: SHA-256 of the token inside the installer, base64url. The token itself is derived, not kept. */
  installers: {
    id: string;
    name: string;
    jump_group: string;
    tag: string;
    comments: string;
    token_hash: string;
    created_by: string;
    created_at: string;
    expires_at: string;
    max_uses: number | null;
    uses: number;
    jump_policy: string | null;
    /** Session policies for when somebody is at the computer, and when not. */
    present_policy: string | null;
    absent_policy: string | null;
  };
  jump_clients: {
    id: string;
    public_key: string;
    installer: string | null;
    name: string;
    jump_group: string;
    tag: string;
    comments: string;
    host_name: string;
    platform: string;
    architecture: string;
    operating_system: string;
    /** Short form for lists: "Debian 12". */
    system: string;
    agent_version: string;
    public_address: string;
    private_addresses: string;
    signed_in_users: string;
    is_screen_locked: Flag | null;
    has_display: Flag;
    cpu_percent: number | null;
    memory_total_bytes: number | null;
    memory_used_bytes: number | null;
    disks: string;
    booted_at: string | null;
    is_online: Flag;
    status_since: string;
    last_accessed_at: string | null;
    access_count: number;
    /** Removed by an administrator; told to uninstall when it next connects. */
    is_leaving: Flag;
    /** Lower-case words of every searchable column, kept by the store. */
    search_text: string;
    created_at: string;
    jump_policy: string | null;
    /** Session policies for when somebody is at the computer, and when not. */
    present_policy: string | null;
    absent_policy: string | null;
    public_portal: string | null;
    is_screen_saver_on: Flag | null;
    /** Sealed: the authenticator app by which its user proves who they are (POLICY-10). */
    end_user_secret: string | null;
    end_user_last_step: number | null;
    /** The newest trust bundle it held when it last called in; null: it has not said. */
    trust_bundle_version: number | null;
    /** How busy it was in each of 24 hours, as jump-clients/cpu-day.ts writes it; null: never heard. */
    cpu_day: Uint8Array | null;
  };
  audit_events: {
    sequence: Generated<number>;
    at: string;
    actor_kind: string;
    actor_id: string;
    actor_name: string;
    address: string;
    action: string;
    outcome: string;
    object_kind: string;
    object_id: string;
    object_name: string;
    session: string | null;
    detail: string;
    /** SHA-256 over the previous row's hash and this row's columns, hex. */
    hash: string;
  };
  /** One row: how long the audit chain is and its last hash; `seal` is an HMAC over both, so that a cut end shows. */
  audit_head: { id: 1; count: number; hash: string; seal: string };
  /** At most one row: the last row that was deleted for its age; the chain begins after it. `seal` as in audit_head. */
  audit_start: { id: 1; count: number; hash: string; seal: string };
  /** Every bundle published, as a compact JWS; the newest is the one that counts. */
  trust_bundles: { version: number; jws: string; created_at: string };
}
