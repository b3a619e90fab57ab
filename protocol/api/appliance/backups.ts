/** /appliance > Backups. All need an appliance administrator. A backup is one encrypted file; without its passphrase nobody opens it. */
import { type Static, Type } from "@sinclair/typebox";
import { Id, NullableTime, Time } from "../common.ts";
import { joined, without } from "../../shapes.ts";

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
export const ChangeBackupSettings = joined(
  without(BackupSettings, ["hasSecret", "hasPassphrase"]),
  Type.Object({
    /** The SFTP password or private key, or the S3 secret; absent: as it was, for the same target alone. */
    secret: Type.Optional(Text(20_000)),
    passphrase: Type.Optional(Type.String({ minLength: 12, maxLength: 1024 })),
  }),
);

/** How the last test restore of one went. */
export const BackupTest = Type.Object({
  at: Time,
  tookMs: Type.Integer(),
  isPassed: Type.Boolean(),
  problem: Type.String(),
});
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
  test: Type.Union([Null, BackupTest]),
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

// PUT  /api/appliance/backups/settings ChangeBackupSettings -> Backups
// POST /api/appliance/backups/target-test ChangeBackupSettings -> BackupTargetTest: writes, reads and removes a small file
// POST /api/appliance/backups {} -> Backup; DELETE /api/appliance/backups/:id
// POST /api/appliance/backups/:id/test BackupTestWish -> Backup; POST …/:id/cancel -> Backup; GET …/:id/content: the file itself
// And for programs (B26), scope "backups.take": GET /api/login/backup -> the file, encrypted for the set passphrase

/**
 * A test restore. The newest backup needs no passphrase as long as the service has run since; for an older one somebody
 * gives it. It runs for a while: `test` of the backup changes when it is over, `progress` is how far it is.
 */
export const BackupTestWish = Type.Object({
  passphrase: Type.Optional(Type.String({ minLength: 1, maxLength: 1024 })),
});

export const BackupTargetTest = Type.Object({
  isReached: Type.Boolean(),
  problem: Type.String(),
  /** SFTP: what it showed, to agree to. */
  hostKey: Type.String(),
});

// Restore: one at a time. A backup of the list is fetched, a file is uploaded; either is opened, checked and shown before
// it replaces anything.
//
// GET  /api/appliance/restore -> {restore: Restore or null}; the page asks again while it is receiving or opening
// POST /api/appliance/backups/:id/restore RestoreWish -> Restore (opening)
// POST /api/appliance/restore/begin BeginRestore -> Restore (receiving)
// PUT  /api/appliance/restore/:id/content?offset=N (octet-stream, one slice of at most 8 MiB) -> {receivedBytes}; the last
//      byte starts the opening
// POST /api/appliance/restore/:id/start {} -> Restore (restarting): the service restarts into it, everybody is signed out
// POST /api/appliance/restore/:id/cancel {} -> {}; leaves nothing

/** The largest slice of an uploaded backup, in bytes. */
export const MAX_RESTORE_SLICE_BYTES = 8 << 20;

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
export type RestorePreview = Static<typeof RestorePreview>;

export const Restore = Type.Object({
  id: Id,
  /** ready: `preview` says what it holds; start it or cancel it. failed: `problem` says why; nothing was changed. */
  state: Type.Union(["receiving", "opening", "ready", "failed", "restarting"].map((state) => Type.Literal(state))),
  sizeBytes: Type.Integer(),
  receivedBytes: Type.Integer(),
  /** While it opens: 0 to 1. */
  progress: Type.Union([Type.Number(), Null]),
  problem: Type.String(),
  preview: Type.Union([RestorePreview, Null]),
  /** What will be different beside the data, in words: "The release is 0.2.0, the backup's 0.1.0." */
  notes: Type.Array(Type.String()),
});
export type Restore = Static<typeof Restore>;
export const RestoreState = Type.Object({ restore: Type.Union([Restore, Null]) });
export const RestoreSlice = Type.Object({ offset: Type.Integer({ minimum: 0, maximum: 2 ** 40 }) });
export const ReceivedSlice = Type.Object({ receivedBytes: Type.Integer() });
