/** Downloading a folder, file by file, into a folder the person chose. */
import { AppError } from "../../../../protocol/errors.ts";
import { FileDownload } from "./download-work.ts";
import { FolderProgress } from "./folder-progress.ts";
import { freshFile, localName } from "./local-names.ts";
import type { TransferHttp } from "./transfer-http.ts";
import { failureOf, remedyFor } from "./transfer-state.ts";
import { eachOf, type TransferWork, type WorkPort, type WorkResult } from "./transfer-work.ts";
import { concernsOneFile } from "./upload-folder-work.ts";

const FILES_AT_ONCE = 3;

interface ListedFile {
  readonly work: FileDownload;
  readonly name: string;
  readonly sizeBytes: number;
}

export class FolderDownload implements TransferWork {
  #id: string | null = null;
  #files: ListedFile[] | null = null;
  readonly #done = new Set<ListedFile>();
  readonly #directories = new Map<string, Promise<FileSystemDirectoryHandle>>();

  /** @param target the folder that becomes the remote one's image; made by the caller. */
  constructor(
    private readonly http: TransferHttp,
    private readonly path: string,
    private readonly target: FileSystemDirectoryHandle,
  ) {}

  async run(port: WorkPort): Promise<WorkResult> {
    const files = (this.#files ??= await this.#list(port));
    const doneBytes = [...this.#done].reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
    const progress = new FolderProgress(doneBytes, (moved) => port.tell({ type: "moved", ...moved }));
    const left = files.filter((file) => !this.#done.has(file));
    await eachOf(left, FILES_AT_ONCE, (file) => this.#one(file, port, progress));
    port.tell({ type: "verifying" });
    if (this.#id !== null) await this.http.endDownload(this.#id, "finished");
    return { isSkipped: false, sha256: null };
  }

  /** Lists the folder and makes its folders; what is left out counts as failed, with its reason. */
  async #list({ signal, tell }: WorkPort): Promise<ListedFile[]> {
    this.#id ??= (await this.http.createDownload(this.path, signal)).id;
    const files: ListedFile[] = [];
    const skipped: { name: string; message: string }[] = [];
    let cursor: string | null = null;
    do {
      const page: Awaited<ReturnType<TransferHttp["entries"]>> = await this.http.entries(this.#id, cursor, signal);
      for (const { path, relativePath, kind, sizeBytes, message } of page.entries) {
        if (kind === "directory") await this.#directory(relativePath);
        else if (kind === "file") files.push(this.#file(path, relativePath, sizeBytes));
        else skipped.push({ name: relativePath, message: message ?? "It was left out." });
      }
      cursor = page.next;
    } while (cursor !== null);
    const bytes = files.reduce((sum, file) => sum + file.sizeBytes, 0);
    tell({ type: "counted", files: files.length + skipped.length, bytes });
    for (const { name, message } of skipped)
      tell({ type: "file-failed", name, failure: { code: "file.not_regular", message } });
    return files;
  }

  #file(path: string, relativePath: string, sizeBytes: number): ListedFile {
    const at = relativePath.lastIndexOf("/");
    const name = relativePath.slice(at + 1);
    const openTarget = async (): Promise<FileSystemFileHandle> =>
      freshFile(await this.#directory(at < 0 ? "" : relativePath.slice(0, at)), name);
    return { work: new FileDownload(this.http, path, openTarget), name, sizeBytes };
  }

  #directory(relativePath: string): Promise<FileSystemDirectoryHandle> {
    if (relativePath === "") return Promise.resolve(this.target);
    const known = this.#directories.get(relativePath);
    if (known !== undefined) return known;
    const at = relativePath.lastIndexOf("/");
    const made = this.#directory(at < 0 ? "" : relativePath.slice(0, at)).then((parent) =>
      parent.getDirectoryHandle(localName(relativePath.slice(at + 1)), { create: true }),
    );
    this.#directories.set(relativePath, made);
    return made;
  }

  async #one(file: ListedFile, port: WorkPort, progress: FolderProgress): Promise<void> {
    file.work.onProgress = (moved) => progress.move(file, moved);
    try {
      await file.work.run(port);
      this.#done.add(file);
      progress.finish(file, file.sizeBytes);
      port.tell({ type: "file-done" });
    } catch (error) {
      const failure = failureOf(error);
      const isForAll = !concernsOneFile(failure.code) || failure.code === "file.no_space";
      if (port.signal.aborted || isForAll || remedyFor(failure, 0) === "again") throw error;
      progress.drop(file);
      await file.work.discard("failed");
      port.tell({ type: "file-failed", name: file.name, failure });
    }
  }

  answer(): void {
    // Taken names get a number: there is nothing to ask.
  }

  async discard(outcome: "cancelled" | "failed"): Promise<void> {
    const open = (this.#files ?? []).filter((file) => !this.#done.has(file));
    await eachOf(open, FILES_AT_ONCE, ({ work }) => work.discard(outcome));
    if (this.#id !== null) await this.http.endDownload(this.#id, outcome);
  }
}

/** Makes the folder for a download below the chosen one; a taken name gets a number. */
export async function freshDirectory(
  parent: FileSystemDirectoryHandle,
  name: string,
): Promise<FileSystemDirectoryHandle> {
  for (let number = 1; number < 1000; number += 1) {
    const candidate = number === 1 ? localName(name) : `${localName(name)} (${number})`;
    try {
      await parent.getDirectoryHandle(candidate);
    } catch (error) {
      if (error instanceof DOMException && error.name === "NotFoundError")
        return parent.getDirectoryHandle(candidate, { create: true });
      if (!(error instanceof DOMException && error.name === "TypeMismatchError")) throw error;
    }
  }
  throw new AppError("file.exists", "There are too many folders of that name. Choose another folder.");
}
