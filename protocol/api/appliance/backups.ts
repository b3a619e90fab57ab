/** /appliance > Backups. All need an appliance administrator. A backup is one encrypted file; without its passphrase nobody opens it. */
import { type Static, Type } from "@sinclair/typebox";
import { Id, NullableTime, Time } from "../common.ts";

const Null = Type.Null();
const Text = (maxLength: number) => Type.String({ maxLength });

/** Where backups go. What is secret is written, never read: `hasSecret` says whether it is there. */
export const BackupTarget = Type.Union([
  /** The appliance's own data disk: safe from mistakes, not from the disk. */
  Type.Object({ kind: Type.Literal("disk") }),
  Type.Object({
    kind: Type.Literal("sftp"),
    host: Text(253),
    port: Type.Integer({ minimum: 1, maximum: 65535 }),
    username: Text(128),
    /** Where on it; relative to where it lets us in, or absolute. */
    folder: Text(500),
    /** SHA256:… of its host key; "": it is shown at the first test, and kept once a person has agreed. */
    hostKey: Text(100),
  }),
  Type.Object({
    kind: Type.Literal("s3"),
    /** https://… of the S3-compatible storage. */
    endpoint: Text(500),
    region: Text(64),
    bucket: Text(63),
    prefix: Text(500),
    accessKeyId: Text(128),
  }),
]);
export type BackupTarget = Static<typeof BackupTarget>;

export const BackupSettings = Type.Object({
  isEnabled: Type.Boolean(),
  /** Each day at, in the appliance's time zone: "02:00". */
  at: Type.String({ pattern: "^([01][0-9]|2[0-3]):[0-5][0-9]$" }),
  target: BackupTarget,
  hasSecret: Type.Boolean(),
  /** Set once by a person who keeps it; backups taken by schedule are encrypted for it. */
  hasPassphrase: Type.Boolean(),
  keepDays: Type.Integer({ minimum: 1, maximum: 3650 }),
  /** Every so many backups one is restored for a test; 0: never. */
  testsEvery: Type.Integer({ minimum: 0, maximum: 30 }),
});
export type BackupSettings = Static<typeof BackupSettings>;
export const ChangeBackupSettings = Type.Composite([
  Type.Omit(BackupSettings, ["hasSecret", "hasPassphrase"]),
  Type.Object({
    /** The SFTP password or private key, or the S3 secret; absent: as it was, for the same target alone. */
    secret: Type.Optional(Text(20_000)),
    passphrase: Type.Optional(Type.String({ minLength: 12, maxLength: 1024 })),
  }),
]);

export const Backup = Type.Object({
  id: Id,
  takenAt: Time,
  version: Type.String(),
  sizeBytes: Type.Integer(),
  reason: Type.Union(["schedule", "by-hand", "before-update", "api"].map((reason) => Type.Literal(reason))),
  /** "disk", "sftp://nas-b/causeway", "s3://bucket/prefix" as a person reads it. */
  place: Type.String(),
  state: Type.Union(["running", "good", "failed"].map((state) => Type.Literal(state))),
  /** While it runs: 0 to 1. */
  progress: Type.Union([Type.Number(), Null]),
  problem: Type.String(),
  test: Type.Union([
    Null,
    Type.Object({ at: Time, tookMs: Type.Integer(), isPassed: Type.Boolean(), problem: Type.String() }),
  ]),
});
export type Backup = Static<typeof Backup>;

// GET /api/appliance/backups

export const Backups = Type.Object({
  settings: BackupSettings,
  /** Newest first. */
  backups: Type.Array(Backup, { maxItems: 500 }),
  lastGoodAt: NullableTime,
  /** How long the last test restore took; null: none yet. */
  restoreTookMs: Type.Union([Type.Integer(), Null]),
  keptBytes: Type.Integer(),
});
export type Backups = Static<typeof Backups>;

// PUT  /api/appliance/backups/settings ChangeBackupSettings
// POST /api/appliance/backups/target-test ChangeBackupSettings -> BackupTargetTest: writes, reads and removes a small file
// POST /api/appliance/backups {} -> Backup; DELETE /api/appliance/backups/:id
// POST /api/appliance/backups/:id/test; POST …/:id/cancel; GET …/:id/content: the file itself
// POST /api/appliance/backups/:id/restore {passphrase} -> RestoreStarted: the service restarts into it
// POST /api/appliance/restore (octet-stream; x-passphrase is no header: first …/restore/begin {sizeBytes, passphrase} -> {id},
//      then PUT …/restore/:id/content?offset=N, then POST …/restore/:id/start)
// And for programs (B26), scope "backups.take": GET /api/login/backup -> the file, encrypted for the set passphrase

export const BackupTargetTest = Type.Object({
  isReached: Type.Boolean(),
  problem: Type.String(),
  /** SFTP: what it showed, to agree to. */
  hostKey: Type.String(),
});
export const RestoreWish = Type.Object({ passphrase: Type.String({ minLength: 1, maxLength: 1024 }) });
export const BeginRestore = Type.Object({
  sizeBytes: Type.Integer({ minimum: 1, maximum: 2 ** 40 }),
  passphrase: Type.String({ minLength: 1, maxLength: 1024 }),
});
/** What a backup holds, told before it replaces what is here. */
export const RestorePreview = Type.Object({
  takenAt: Time,
  version: Type.String(),
  siteName: Type.String(),
  hostname: Type.String(),
  counts: Type.Object({ representatives: Type.Integer(), jumpClients: Type.Integer(), auditRows: Type.Integer() }),
});
