/** Where backups go, as people chose it and as a job is told. */
import { join } from "node:path";
import type { BackupTarget } from "../../protocol/api/appliance/backups.ts";
import { AppError } from "../../protocol/errors.ts";
import type { PlaceWish } from "./places/place.ts";

/** Below the data directory: backups on the appliance's own disk. */
export const BACKUPS_FOLDER = "backups";

export interface PlaceNeeds {
  /** The data directory. */
  readonly directory: string;
}

/** What a job is told of a target. */
export function wishOf({ directory }: PlaceNeeds, target: BackupTarget, secret: string): PlaceWish {
  return target.kind === "disk" ? { kind: "folder", path: join(directory, BACKUPS_FOLDER) } : { ...target, secret };
}

/** As a person reads it. */
export function placeText(target: BackupTarget): string {
  if (target.kind === "disk") return "disk";
  if (target.kind === "s3") return `s3://${target.bucket}${target.prefix === "" ? "" : `/${target.prefix}`}`;
  return `sftp://${target.host}${target.port === 22 ? "" : `:${target.port}`}/${target.folder.replace(/^\/+/u, "")}`;
}

/** Whether the same secret may be used: the same machine and account. */
export function sameTarget(one: BackupTarget, other: BackupTarget): boolean {
  if (one.kind === "sftp" && other.kind === "sftp")
    return one.host === other.host && one.port === other.port && one.username === other.username;
  if (one.kind === "s3" && other.kind === "s3")
    return one.endpoint === other.endpoint && one.accessKeyId === other.accessKeyId;
  return one.kind === other.kind;
}

/** That what was typed can be a target. @throws {AppError} request.invalid */
export function requireTarget(target: BackupTarget): void {
  const problem = problemOf(target);
  if (problem !== null) throw new AppError("request.invalid", `${problem} Nothing was changed.`);
}

function problemOf(target: BackupTarget): string | null {
  if (target.kind === "disk") return null;
  const texts = target.kind === "sftp" ? [target.host, target.username, target.folder] : [target.bucket, target.prefix];
  if (texts.some((text) => /\p{Cc}/u.test(text))) return "Names have no control characters.";
  if (target.kind === "sftp") {
    if (target.host === "" || target.username === "") return "SFTP needs a host and a user name.";
    return target.folder.split("/").includes("..") ? "The folder leads upwards (..)." : null;
  }
  if (!/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/u.test(target.bucket)) return "This is no name of a bucket.";
  if (target.accessKeyId === "") return "S3 needs an access key id.";
  if (!URL.canParse(target.endpoint) || !/^https?:$/u.test(new URL(target.endpoint).protocol))
    return "The endpoint is an address that begins with https://.";
  return null;
}

/** "causeway-20261121T020000Z-4f1c9a2b.backup": sorts by time, and no two are the same. */
export function newFileName(now: Date): string {
  const time = now.toISOString().replaceAll(/[-:]|\.\d+/gu, "");
  return `causeway-${time}-${Buffer.from(crypto.getRandomValues(new Uint8Array(4))).toString("hex")}.backup`;
}
