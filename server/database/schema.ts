/**
 * The tables. Times are UTC ISO 8601 text, booleans 0 and 1, lists and objects JSON text (validated when read); ids as
 * in protocol/ids.ts. Only store.ts files and audit/ see these types.
 */
import type { Generated } from "kysely";

type Flag = 0 | 1;

export interface Schema {
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
  /** `key_pem` is sealed. `state`: active, coming (in the trust bundle, not yet served), retired. */
  certificates: {
    id: string;
    chain_pem: string;
    key_pem: string;
    spki_sha256: string;
    state: "active" | "coming" | "retired";
    created_at: string;
  };
  representatives: {
    id: string;
    username: string;
    display_name: string;
    role: string;
    password_hash: string;
    is_disabled: Flag;
    failed_sign_ins: number;
    locked_until: string | null;
    password_changed_at: string;
    last_sign_in_at: string | null;
    created_at: string;
  };
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
  };
  preferences: { representative: string; value: string };
  jump_groups: { id: string; name: string; comments: string; created_at: string };
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
  };
  support_sessions: {
    id: string;
    jump_client: string;
    /** As they were when it began, so that a report stays true. */
    name: string;
    host_name: string;
    operating_system: string;
    state: string;
    owner: string;
    started_at: string;
    ended_at: string | null;
    end_reason: string | null;
  };
  session_participants: {
    session: string;
    representative: string;
    display_name: string;
    joined_at: string;
    left_at: string | null;
  };
  session_events: { sequence: Generated<number>; session: string; at: string; kind: string; text: string };
  transfers: {
    id: string;
    session: string;
    representative: string;
    direction: "download" | "upload";
    kind: "file" | "directory";
    path: string;
    name: string;
    size_bytes: number;
    version: string;
    conflict: string;
    verified_bytes: number;
    state: "open" | "finished" | "cancelled" | "failed";
    sha256: string | null;
    created_at: string;
    finished_at: string | null;
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
  /** Every bundle published, as a compact JWS; the newest is the one that counts. */
  trust_bundles: { version: number; jws: string; created_at: string };
}
