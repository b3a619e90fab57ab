/** What one can do in the files tab, and the state that goes with it; the components show it and call it. */
import type { Permission } from "../../../../protocol/permissions.ts";
import type { SessionConnection } from "../../../connection/console-connection.ts";
import { plural } from "../../../languages/plural.ts";
import { nothingSelected, type Selection } from "../../../kit/table-selection.ts";
import { toasts } from "../../../kit/toasts.svelte.ts";
import { BrowserDownload } from "./browser-download.ts";
import { type Chosen, chosenByDrop, chosenByInput } from "./chosen-files.ts";
import { FolderDownload, freshDirectory } from "./download-folder-work.ts";
import { FileDownload } from "./download-work.ts";
import type { FileActions } from "./file-actions.ts";
import { type FileEntry, isFolder } from "./file-list.ts";
import { FileOperation } from "./file-operation.svelte.ts";
import { freshFile } from "./local-names.ts";
import { type Outcome, RemoteFiles } from "./remote-files.svelte.ts";
import { saveByBrowser } from "./save-by-browser.ts";
import { TransferHttp } from "./transfer-http.ts";
import type { ConflictAnswer } from "./transfer-work.ts";
import { type NewJob, Transfers } from "./transfers.svelte.ts";
import { FolderUpload } from "./upload-folder-work.ts";
import { FileUpload } from "./upload-work.ts";

/** What asks the person something. */
type FilesDialog =
  | { readonly kind: "new-folder" }
  | { readonly kind: "rename"; readonly name: string }
  | { readonly kind: "copy-to" }
  | { readonly kind: "move-to" }
  | { readonly kind: "delete"; readonly names: readonly string[] }
  | { readonly kind: "paste-conflict"; readonly message: string; readonly again: Paste };

interface Paste {
  readonly tool: "files.copy" | "files.move";
  readonly paths: readonly string[];
  readonly directory: string;
}

/** Several downloads begun by one click: the browser drops some of those that come in the same moment. */
const HAND_OVER_GAP_MS = 300;

const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

export class FilesDesk implements FileActions, Disposable {
  readonly files: RemoteFiles;
  readonly transfers: Transfers;
  readonly #http: TransferHttp;
  readonly #usable: Disposable;
  isUsable = $state(false);
  selection: Selection = $state.raw(nothingSelected);
  isModifierOn = $state(false);
  dialog: FilesDialog | null = $state.raw(null);
  /** What was cut or copied. */
  held: Paste | null = $state.raw(null);
  operation: FileOperation | null = $state.raw(null);
  /** Opens the browser's own choice of files or of a folder. */
  pick: (what: "files" | "folder") => void = () => undefined;
  readonly canSaveToFolder = "showDirectoryPicker" in globalThis;

  constructor(
    private readonly connection: SessionConnection,
    readonly may: (permission: Permission) => boolean,
  ) {
    this.files = new RemoteFiles(connection);
    this.transfers = new Transfers(connection);
    this.#http = new TransferHttp(connection.session);
    this.transfers.onArrived = (directory) => {
      if (directory === this.files.path) void this.files.refresh();
    };
    this.#usable = connection.onUsable((isUsable) => {
      this.isUsable = isUsable;
      if (isUsable && this.files.isStarted) this.refresh();
    });
  }

  async start(): Promise<void> {
    try {
      await this.files.start();
    } catch (error) {
      toasts.failed("File transfer did not start", error);
    }
  }
  stop(): void {
    this.transfers.pauseAll();
    this.selection = nothingSelected;
    this.files.stop();
  }
  async open(path: string): Promise<void> {
    this.selection = nothingSelected;
    await this.files.open(path);
  }
  refresh(): void {
    void this.files.refresh();
  }
  toggleHidden(): void {
    this.files.showsHidden = !this.files.showsHidden;
  }
  toggleModifier(): void {
    this.isModifierOn = !this.isModifierOn;
  }
  selectAllFiles(): void {
    const names = this.files.shown.filter((entry) => !isFolder(entry)).map(({ name }) => name);
    this.selection = { ids: new Set(names), anchor: null };
  }

  // Changing

  newFolder(): void {
    this.dialog = { kind: "new-folder" };
  }
  async makeFolder(name: string): Promise<void> {
    await this.files.makeFolder(name);
    this.dialog = null;
    this.selection = { ids: new Set([name]), anchor: null };
  }
  rename(): void {
    const [name] = this.selection.ids;
    if (name !== undefined && this.selection.ids.size === 1 && this.may("files.change"))
      this.dialog = { kind: "rename", name };
  }
  async renameTo(name: string): Promise<void> {
    if (this.dialog?.kind !== "rename") return;
    await this.files.rename(this.dialog.name, name);
    this.dialog = null;
    this.selection = { ids: new Set([name]), anchor: null };
  }
  remove(): void {
    const names = [...this.selection.ids];
    if (names.length > 0 && this.may("files.delete")) this.dialog = { kind: "delete", names };
  }
  async deleteNamed(names: readonly string[]): Promise<void> {
    const paths = names.map((name) => this.files.pathOf(name));
    this.dialog = null;
    this.selection = nothingSelected;
    await this.#operate("Deleting", async (operation) =>
      this.files.delete(paths, operation.signal, operation.onProgress),
    );
  }

  cut(): void {
    this.#hold("files.move");
  }
  copy(): void {
    this.#hold("files.copy");
  }
  #hold(tool: Paste["tool"]): void {
    if (this.selection.ids.size === 0 || !this.may("files.change")) return;
    const paths = [...this.selection.ids].map((name) => this.files.pathOf(name));
    this.held = { tool, paths, directory: this.files.path };
    toasts.show({
      title:
        tool === "files.move"
          ? plural(paths.length, ["# item cut", "# items cut"])
          : plural(paths.length, ["# item copied", "# items copied"]),
      text: "Open the target folder and paste.",
    });
  }
  paste(): void {
    if (this.held === null || !this.may("files.change")) return;
    const { tool, paths, directory } = this.held;
    // Into the folder it was copied from, a copy can only stand beside.
    const conflict = tool === "files.copy" && directory === this.files.path ? "keep-both" : "refuse";
    void this.#transfer({ tool, paths, directory: this.files.path }, conflict);
    if (tool === "files.move") this.held = null;
  }
  async transferTo(tool: Paste["tool"], directory: string): Promise<void> {
    const paths = [...this.selection.ids].map((name) => this.files.pathOf(name));
    this.dialog = null;
    await this.#transfer({ tool, paths, directory }, "refuse");
  }
  async answerPaste(answer: ConflictAnswer): Promise<void> {
    if (this.dialog?.kind !== "paste-conflict") return;
    const { again } = this.dialog;
    this.dialog = null;
    await this.#transfer(again, answer);
  }

  async #transfer({ tool, paths, directory }: Paste, conflict: "refuse" | ConflictAnswer): Promise<void> {
    const verb = tool === "files.move" ? "Moving" : "Copying";
    const outcome = await this.#operate(verb, (operation) =>
      this.files.paste(tool, { paths: [...paths], directory, conflict }, operation.signal, operation.onProgress),
    );
    const taken = outcome?.failures.filter(({ code, path }) => code === "file.exists" && paths.includes(path)) ?? [];
    if (taken.length === 0 || conflict !== "refuse") return;
    this.operation = null;
    const again = { tool, paths: taken.map(({ path }) => path), directory };
    this.dialog = {
      kind: "paste-conflict",
      message: taken
        .map(({ path }) => path.toWellFormed())
        .slice(0, 5)
        .join("\n"),
      again,
    };
  }

  /** Runs a request over many files, shows how far it is, and what failed. */
  async #operate(verb: string, work: (operation: FileOperation) => Promise<Outcome>): Promise<Outcome | null> {
    const operation = new FileOperation(verb);
    this.operation = operation;
    try {
      const outcome = await work(operation);
      operation.outcome = outcome;
      if (outcome.failed === 0 && this.operation === operation) this.operation = null;
      return outcome;
    } catch (error) {
      if (this.operation === operation) this.operation = null;
      toasts.failed("Not everything went as it should", error);
      return null;
    } finally {
      void this.files.refresh();
    }
  }

  // Uploading

  chooseFiles(): void {
    this.pick("files");
  }
  chooseFolder(): void {
    this.pick("folder");
  }
  uploadChosen(list: FileList): void {
    this.#upload(chosenByInput(list), this.files.path);
  }
  async uploadDropped(items: DataTransferItemList): Promise<void> {
    const directory = this.files.path;
    try {
      this.#upload(await chosenByDrop(items), directory);
    } catch (error) {
      toasts.failed("What was dropped could not be read", error);
    }
  }

  #upload({ files, folders }: Chosen, directory: string): void {
    const about = { direction: "upload", directory } as const;
    const jobs = files.map((file): NewJob => {
      const work = new FileUpload(this.#http, file, directory, file.name);
      return { ...about, name: file.name, isFolder: false, bytes: file.size, files: 1, work };
    });
    const trees = folders.map((folder): NewJob => {
      const work = new FolderUpload(this.connection, this.#http, directory, folder);
      const bytes = folder.files.reduce((sum, { file }) => sum + file.size, 0);
      return { ...about, name: folder.name, isFolder: true, bytes, files: folder.files.length, work };
    });
    this.transfers.add([...jobs, ...trees]);
  }

  // Downloading

  download(): void {
    this.downloadNamed([...this.selection.ids]);
  }
  /** By the browser's own downloads: files as they are, folders as zips. */
  downloadNamed(names: readonly string[]): void {
    let handedOver = 0;
    const handOverAs =
      (name: string) =>
      (address: string): void => {
        setTimeout(() => saveByBrowser(address, name), HAND_OVER_GAP_MS * handedOver);
        handedOver += 1;
      };
    this.transfers.add(
      this.#entries(names).map((entry) => {
        const name = isFolder(entry) ? `${entry.name.toWellFormed()}.zip` : entry.name;
        const work = new BrowserDownload(this.#http, this.files.pathOf(entry.name), handOverAs(name), sleep);
        return this.#downloadJob(entry, name, false, work);
      }),
    );
  }

  #entries(names: readonly string[]): FileEntry[] {
    return this.files.entries.filter(({ name }) => names.includes(name));
  }

  #downloadJob(entry: FileEntry, name: string, isTree: boolean, work: NewJob["work"]): NewJob {
    const { path: directory } = this.files;
    return {
      direction: "download",
      directory,
      name: name.toWellFormed(),
      isFolder: isTree,
      bytes: entry.sizeBytes,
      files: 1,
      work,
    };
  }

  /** Into a folder of this computer that the person chooses: slice by slice, resumable, every slice verified. */
  downloadToFolder(): void {
    const entries = this.#entries([...this.selection.ids]);
    void this.#saveTo(entries).catch((error: unknown) => {
      if (!(error instanceof DOMException && error.name === "AbortError"))
        toasts.failed("Nothing was downloaded", error);
    });
  }

  async #saveTo(entries: readonly FileEntry[]): Promise<void> {
    const target = await showDirectoryPicker({ mode: "readwrite" });
    const jobs = entries.map(async (entry) => {
      const path = this.files.pathOf(entry.name);
      const isTree = isFolder(entry);
      const work = isTree
        ? new FolderDownload(this.#http, path, await freshDirectory(target, entry.name))
        : new FileDownload(this.#http, path, () => freshFile(target, entry.name));
      return this.#downloadJob(entry, entry.name, isTree, work);
    });
    this.transfers.add(await Promise.all(jobs));
  }

  [Symbol.dispose](): void {
    this.#usable[Symbol.dispose]();
    this.transfers[Symbol.dispose]();
  }
}
