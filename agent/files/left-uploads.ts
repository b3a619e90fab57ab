/** Uploads an agent left on its disk when it was ended: which support sessions they belong to. */
import { UploadJournal } from "./upload-journal.ts";
import { uploadsDirectory } from "./uploads.ts";

/**
 * The sessions with uploads on the disk. The agent takes them up when it starts: the server goes on with them or says that
 * they are over, and a session that is over clears its uploads away.
 */
export async function sessionsWithUploads(stateDirectory: string): Promise<string[]> {
  const journal = new UploadJournal(uploadsDirectory(stateDirectory));
  await journal.prepare();
  const records = await Promise.all((await journal.transfers()).map((transfer) => journal.read(transfer)));
  return [...new Set(records.flatMap((record) => (record === null ? [] : [record.session])))];
}
