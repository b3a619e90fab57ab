/** Uploading a folder: its folders are made, then its files go, a few at once. A file that fails does not stop the rest. */
import type { ErrorCode } from "../../../../protocol/errors.ts";
import type { SessionConnection } from "../../../connection/console-connection.ts";
import { joinPath } from "./file-list.ts";
import { FolderProgress } from "./folder-progress.ts";
import type { TransferHttp } from "./transfer-http.ts";
import { failureOf, remedyFor } from "./transfer-state.ts";
import { type ConflictAnswer, eachOf, type TransferWork, type WorkPort, type WorkResult } from "./transfer-work.ts";
import { FileUpload } from "./upload-work.ts";

/** What was chosen or dropped: folders, parents before what is in them, and files with the folder they are in. */
export interface ChosenFolder {
  readonly folders: readonly string[];
  readonly files: readonly { readonly file: File; readonly folder: string }[];
}

const FILES_AT_ONCE = 3;

/** Errors that concern everything, not one file. */
const general: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  "session.ended",
  "session.unknown",
  "session.not_participant",
  "permission.denied",
  "sign_in.required",
  "console.disabled",
]);

/** Whether the rest of a folder can still go when one of its files failed so. */
export function concernsOneFile(code: ErrorCode): boolean {
  return !general.has(code);
}

export class FolderUpload implements TransferWork {
  readonly #files: FileUpload[];
  readonly #done = new Set<FileUpload>();
  readonly #failed = new Set<FileUpload>();
  #asking: FileUpload | null = null;
  #areFoldersMade = false;

  constructor(
    private readonly connection: SessionConnection,
    http: TransferHttp,
    private readonly directory: string,
    private readonly chosen: ChosenFolder,
  ) {
    this.#files = chosen.files.map(
      ({ file, folder }) =>
        new FileUpload(http, file, folder === "" ? directory : joinPath(directory, folder), file.name),
    );
  }

  async run(port: WorkPort): Promise<WorkResult> {
    if (!this.#areFoldersMade) await this.#makeFolders(port.signal);
    // Tried again as a whole, what failed has its turn again.
    this.#failed.clear();
    const progress = new FolderProgress(
      [...this.#done].reduce((sum, { file }) => sum + file.size, 0),
      (moved) => port.tell({ type: "moved", ...moved }),
    );
    const left = this.#files.filter((file) => !this.#done.has(file));
    await eachOf(left, FILES_AT_ONCE, (file) => this.#one(file, port, progress));
    port.tell({ type: "verifying" });
    return { isSkipped: false, sha256: null };
  }

  async #makeFolders(signal: AbortSignal): Promise<void> {
    for (const folder of this.chosen.folders) {
      const at = folder.lastIndexOf("/");
      const parent = at < 0 ? this.directory : joinPath(this.directory, folder.slice(0, at));
      const params = { directory: parent, name: folder.slice(at + 1), mayExist: true };
      await this.connection.ask("files.make-directory", params, { signal });
    }
    this.#areFoldersMade = true;
  }

  async #one(upload: FileUpload, port: WorkPort, progress: FolderProgress): Promise<void> {
    upload.onProgress = (moved) => progress.move(upload, moved);
    try {
      await upload.run(port);
      this.#done.add(upload);
      progress.finish(upload, upload.file.size);
      port.tell({ type: "file-done" });
    } catch (error) {
      const failure = failureOf(error);
      const remedy = remedyFor(failure, 0);
      if (port.signal.aborted || remedy === "again" || !concernsOneFile(failure.code)) throw error;
      if (remedy === "ask") {
        this.#asking = upload;
        throw error;
      }
      this.#failed.add(upload);
      progress.drop(upload);
      port.tell({ type: "file-failed", name: upload.name, failure });
    }
  }

  answer(answer: ConflictAnswer, forAll: boolean): void {
    if (forAll) for (const file of this.#files) file.answer(answer);
    else this.#asking?.answer(answer);
  }

  async discard(outcome: "cancelled" | "failed"): Promise<void> {
    await eachOf(
      this.#files.filter((file) => !this.#done.has(file)),
      FILES_AT_ONCE,
      (file) => file.discard(outcome),
    );
  }
}
