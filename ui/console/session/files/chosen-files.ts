/** What a person chose or dropped: files, and folders walked through before anything is sent. */
import type { ChosenFolder } from "./upload-folder-work.ts";

export interface Chosen {
  readonly files: readonly File[];
  readonly folders: readonly (ChosenFolder & { readonly name: string })[];
}

/** Files of <input type=file>; with `webkitdirectory` each says its place below the chosen folder. */
export function chosenByInput(list: FileList): Chosen {
  const files = [...list];
  const roots = Map.groupBy(files, (file) => file.webkitRelativePath.split("/")[0] ?? "");
  const folders = [...roots].filter(([root]) => root !== "");
  return { files: roots.get("") ?? [], folders: folders.map(([name, inside]) => folderOf(name, inside)) };
}

function folderOf(name: string, files: readonly File[]): ChosenFolder & { name: string } {
  const placed = files.map((file) => ({
    file,
    folder: file.webkitRelativePath.slice(0, file.webkitRelativePath.lastIndexOf("/")),
  }));
  const folders = new Set<string>();
  for (const { folder } of placed) for (const parent of withParents(folder)) folders.add(parent);
  return { name, folders: [...folders], files: placed };
}

/** "a/b/c" gives "a", "a/b", "a/b/c". */
export function withParents(folder: string): string[] {
  const parts = folder.split("/");
  return parts.map((_, index) => parts.slice(0, index + 1).join("/"));
}

/** What was dropped. The entries have to be taken from the event before anything is awaited. */
export async function chosenByDrop(items: DataTransferItemList): Promise<Chosen> {
  const entries = [...items].map((item) => item.webkitGetAsEntry()).filter((entry) => entry !== null);
  const files: File[] = [];
  const folders: (ChosenFolder & { name: string })[] = [];
  for (const entry of entries) {
    if (isDirectoryEntry(entry)) folders.push({ name: entry.name, ...(await walk(entry)) });
    else if (isFileEntry(entry)) files.push(await fileOf(entry));
  }
  return { files, folders };
}

function isDirectoryEntry(entry: FileSystemEntry): entry is FileSystemDirectoryEntry {
  return entry.isDirectory;
}
function isFileEntry(entry: FileSystemEntry): entry is FileSystemFileEntry {
  return entry.isFile;
}
function fileOf(entry: FileSystemFileEntry): Promise<File> {
  return new Promise((resolve, reject) => entry.file(resolve, reject));
}

async function walk(root: FileSystemDirectoryEntry): Promise<ChosenFolder> {
  const folders = [root.name];
  const files: { file: File; folder: string }[] = [];
  const pending = [{ directory: root, path: root.name }];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    for (const entry of await entriesOf(next.directory)) {
      if (isFileEntry(entry)) files.push({ file: await fileOf(entry), folder: next.path });
      if (!isDirectoryEntry(entry)) continue;
      const path = `${next.path}/${entry.name}`;
      folders.push(path);
      pending.push({ directory: entry, path });
    }
  }
  return { folders, files };
}

/** readEntries gives at most 100 at a time, and none when there are no more. */
async function entriesOf(directory: FileSystemDirectoryEntry): Promise<FileSystemEntry[]> {
  const reader = directory.createReader();
  const all: FileSystemEntry[] = [];
  for (;;) {
    const some = await new Promise<FileSystemEntry[]>((resolve, reject) => reader.readEntries(resolve, reject));
    if (some.length === 0) return all;
    all.push(...some);
  }
}
