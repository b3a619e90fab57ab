/** The tables of the appliance itself; the rules of schema.ts hold. */
import type { Generated } from "kysely";

export interface ApplianceSchema {
  appliance_administrators: {
    id: string;
    username: string;
    password_hash: string;
    /** Sealed; null: none. */
    authenticator_app: string | null;
    created_at: string;
    last_sign_in_at: string | null;
    failed_sign_ins: Generated<number>;
    locked_until: string | null;
    version: Generated<number>;
  };
  appliance_sign_ins: {
    token_hash: string;
    administrator: string;
    address: string;
    user_agent: string;
    created_at: string;
    last_seen_at: string;
  };
  /** Shown on the appliance's own console; each is good once for the site's set-up and once for an administrator. */
  presence_codes: {
    /** SHA-256 of the code, base64url. */
    hash: string;
    created_at: string;
    expires_at: string;
    site_set_up_at: string | null;
    administrator_set_at: string | null;
  };
  /** One row: the oldest migration that a program has to know to run on these tables. */
  schema_floor: { id: 1; migration: string };
  updates: {
    id: string;
    /** As the manifest or the feed says; as the file is called until one is read. */
    version: string;
    source: "upload" | "address";
    file_name: string;
    size_bytes: number;
    /** Synced to the disk. */
    received_bytes: number;
    /** JSON, once it is verified. */
    manifest: string | null;
    /** JSON: a row for each of updateSteps. */
    steps: string;
    state: "receiving" | "preparing" | "ready" | "restarting" | "finished" | "returned" | "cancelled" | "failed";
    restarts_at: string | null;
    drain_minutes: number;
    /** What ran when it began. */
    from_version: string;
    /** Where it was written to. */
    slot: "a" | "b" | null;
    begun_at: string;
    ended_at: string | null;
  };
  /** What was worth knowing about the appliance; bounded. */
  appliance_events: {
    sequence: Generated<number>;
    at: string;
    health: "ok" | "attention" | "failed";
    title: string;
    detail: string;
  };
  /** How full the disk was at the start of each of the last days. */
  disk_levels: { day: string; used_bytes: number };
  /** One row, or none. `settings`: BackupPlan; `secret` is sealed; `passphrase_key`: PassphraseKey. */
  backup_settings: {
    id: 1;
    settings: string;
    secret: string | null;
    passphrase_key: string | null;
    /** Since when the schedule runs; what was due before it is nobody's loss. */
    enabled_since: string | null;
  };
  /** `target`: BackupTarget, or "" for one that was handed out; `test`: JSON of its last test. */
  backups: {
    id: string;
    taken_at: string;
    version: string;
    reason: string;
    target: string;
    file_name: string;
    state: "running" | "good" | "failed";
    size_bytes: Generated<number>;
    problem: Generated<string>;
    test: string | null;
  };
  /** One row, or none. It rises with each generation of the write-ahead log that a standby is fed from. */
  standby_generation: { id: 1; number: number };
  /** At most one row: a request that waits for its certificate. `key_pem` is sealed, `names` JSON. */
  certificate_requests: { id: string; names: string; request_pem: string; key_pem: string; created_at: string };
  /** One row. `settings` is JSON; `binding_key` and `account_key` are sealed. */
  acme: {
    id: 1;
    settings: string;
    binding_key: string | null;
    account_key: string | null;
    /** The account is this directory's, and nobody else's. */
    account_directory: string | null;
    account_url: string | null;
    last_tried_at: string | null;
    next_try_at: string | null;
    problem: string;
    /** In a row. */
    failures: number;
  };
}
