import { openFolder } from "./folder.ts";
import type { Place, PlaceWish } from "./place.ts";
import { openS3 } from "./s3.ts";
import { openSftp } from "./sftp.ts";

/** The place, reached. @throws {AppError} backup.unreachable */
export async function openPlace(wish: PlaceWish): Promise<Place> {
  if (wish.kind === "folder") return await openFolder(wish);
  return wish.kind === "sftp" ? await openSftp(wish) : openS3(wish);
}
