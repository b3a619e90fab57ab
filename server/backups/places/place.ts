/** A place backups are kept at. Used in the job's own process alone: whatever a place does, the server does not wait. */
import { type Static, Type } from "@sinclair/typebox";
import { AppError } from "../../../protocol/errors.ts";

/** Where, and how to get in. */
export const PlaceWish = Type.Union([
  Type.Object({ kind: Type.Literal("folder"), path: Type.String() }),
  Type.Object({
    kind: Type.Literal("sftp"),
    host: Type.String(),
    port: Type.Integer(),
    username: Type.String(),
    folder: Type.String(),
    /** SHA256:…; "": only to be shown. */
    hostKey: Type.String(),
    /** A password, or a private key in PEM or OpenSSH's form. */
    secret: Type.String(),
  }),
  Type.Object({
    kind: Type.Literal("s3"),
    endpoint: Type.String(),
    region: Type.String(),
    bucket: Type.String(),
    prefix: Type.String(),
    accessKeyId: Type.String(),
    secret: Type.String(),
  }),
]);
export type PlaceWish = Static<typeof PlaceWish>;
export type PlaceWishOf<Kind extends PlaceWish["kind"]> = Extract<PlaceWish, { kind: Kind }>;

/** A file that comes to be: nobody sees it under its name before finish(). Disposed before that, it leaves nothing. */
export interface Sink extends AsyncDisposable {
  /** @throws {AppError} storage.full, backup.unreachable */
  write(bytes: Uint8Array): Promise<void>;
  /** What was written is there for good. */
  finish(): Promise<void>;
}

/** Open until disposed. Everything throws AppError backup.unreachable in words when the place cannot be worked with. */
export interface Place extends AsyncDisposable {
  create(name: string): Promise<Sink>;
  /** The file's bytes. @throws {AppError} not_found */
  read(name: string): AsyncIterable<Uint8Array>;
  /** Nothing happens when it is gone already. */
  remove(name: string): Promise<void>;
}

/** @param what could not be done, as the beginning of a sentence */
export function unreachable(what: string, cause: unknown): AppError {
  if (cause instanceof AppError) return cause;
  const why = cause instanceof Error ? cause.message : String(cause);
  return new AppError("backup.unreachable", `${what}: ${why.slice(0, 300)}.`.replace(/\.\.$/u, "."), { cause });
}

export const gone = (name: string): AppError =>
  new AppError("not_found", `${name} is no longer where it was kept. Take another backup.`);

export const full = (cause: unknown): AppError =>
  new AppError("storage.full", "There is no space left for the backup. Make room, or keep backups for fewer days.", {
    cause,
  });
