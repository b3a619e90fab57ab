/**
 * What a process of its own does for the server: the same program, so that copying, encrypting and waiting for other
 * machines cost the server nothing, and that ends with a kill. The job is one line of JSON on its standard input, which
 * stays open as long as the job is wanted; it tells of itself in lines of JSON on standard error; standard output is for
 * the bytes of a backup that is handed out.
 */
import { type Static, Type } from "@sinclair/typebox";
import { RestorePreview } from "../../../protocol/api/appliance/backups.ts";
import { errorCodes } from "../../../protocol/errors.ts";
import { PassphraseKey } from "../format/header.ts";
import { PlaceWish } from "../places/place.ts";

/** The word the program is started with. */
export const JOB_WORD = "backup-job";

/** What opens a backup: its passphrase, or the key of a file that was written a moment ago. */
export const Opening = Type.Union([
  Type.Object({ passphrase: Type.String() }),
  Type.Object({ fileKey: Type.String({ description: "32 bytes, base64url" }) }),
]);
export type Opening = Static<typeof Opening>;

/** Takes a backup of a data directory. */
export const TakeJob = Type.Object({
  kind: Type.Literal("take"),
  directory: Type.String(),
  /** A folder for the copy of the database; whoever gives it removes it. */
  work: Type.String(),
  takenAt: Type.String(),
  version: Type.String(),
  /** base64url; it stands nowhere but inside the encryption. */
  secretKey: Type.String(),
  passphraseKey: PassphraseKey,
  fileName: Type.String(),
  /** null: to standard output. */
  place: Type.Union([PlaceWish, Type.Null()]),
});
export type TakeJob = Static<typeof TakeJob>;

/** Who restores, as the restored audit log names them; null: the system. */
const Restorer = Type.Union([
  Type.Null(),
  Type.Object({ id: Type.String(), name: Type.String(), address: Type.String() }),
]);

/** Opens a backup in a folder of its own, brings it up to this release and checks it. */
export const OpenJob = Type.Object({
  kind: Type.Literal("open"),
  place: PlaceWish,
  fileName: Type.String(),
  opening: Opening,
  /** Where it is opened: `causeway.sqlite` and `secret.key` are there afterwards. */
  work: Type.String(),
  version: Type.String(),
  /** The data directory it shall replace; null: a test. */
  settle: Type.Union([Type.Null(), Type.Object({ directory: Type.String(), restorer: Restorer })]),
});
export type OpenJob = Static<typeof OpenJob>;

export const BackupJob = Type.Union([
  TakeJob,
  OpenJob,
  Type.Object({ kind: Type.Literal("fetch"), place: PlaceWish, fileName: Type.String() }),
  Type.Object({ kind: Type.Literal("remove"), place: PlaceWish, fileName: Type.String() }),
  Type.Object({ kind: Type.Literal("probe"), place: PlaceWish, fileName: Type.String() }),
  Type.Object({ kind: Type.Literal("host-key"), place: PlaceWish }),
  /** Reads the database of a data directory from end to end. */
  Type.Object({ kind: Type.Literal("check"), directory: Type.String() }),
]);
export type BackupJob = Static<typeof BackupJob>;

/** By kind: what it ends with. */
export const jobResults = {
  take: Type.Object({ sizeBytes: Type.Integer(), fileKey: Type.String() }),
  open: RestorePreview,
  fetch: Type.Object({}),
  remove: Type.Object({}),
  probe: Type.Object({}),
  "host-key": Type.Object({ hostKey: Type.String() }),
  /** What is wrong with it; empty: nothing. */
  check: Type.Object({ problems: Type.Array(Type.String()) }),
} as const;
export type JobResult<Kind extends BackupJob["kind"]> = Static<(typeof jobResults)[Kind]>;

/** A line the job tells of itself. */
export const JobLine = Type.Union([
  Type.Object({ kind: Type.Literal("progress"), done: Type.Number({ minimum: 0, maximum: 1 }) }),
  Type.Object({ kind: Type.Literal("done"), result: Type.Unknown() }),
  Type.Object({
    kind: Type.Literal("refused"),
    code: Type.Union(errorCodes.map((code) => Type.Literal(code))),
    message: Type.String(),
  }),
]);
export type JobLine = Static<typeof JobLine>;

/** What a running job is given. */
export interface JobContext {
  /** How far it is, 0 to 1. */
  progress(done: number): void;
  /** Aborted when nobody wants it any more. */
  readonly signal: AbortSignal;
  /** Hands out a backup's bytes. */
  hand(bytes: Uint8Array): Promise<void>;
}
