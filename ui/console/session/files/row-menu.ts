/** What the menu of one row offers: only what the person may do there. */
import type { MenuEntry } from "../../../kit/menu-entry.ts";
import { type FileEntry, isFolder } from "./file-list.ts";
import type { FilesDesk } from "./files-desk.svelte.ts";

/** The entries for one file or folder; choosing one selects it alone. */
export function rowMenu(desk: FilesDesk, entry: FileEntry): readonly MenuEntry[] {
  const only = (act: () => void) => (): void => {
    desk.selection = { ids: new Set([entry.name]), anchor: null };
    act();
  };
  const download = { label: isFolder(entry) ? "Download as zip" : "Download", onSelect: only(() => desk.download()) };
  const downloadTo = { label: "Download to a folder…", onSelect: only(() => desk.downloadToFolder()) };
  const change = [
    { label: "Rename…", shortcut: "F2", onSelect: only(() => desk.rename()) },
    { label: "Copy to…", onSelect: only(() => (desk.dialog = { kind: "copy-to" })) },
    { label: "Move to…", onSelect: only(() => (desk.dialog = { kind: "move-to" })) },
  ];
  const remove = { label: "Delete…", shortcut: "Del", isDanger: true, onSelect: only(() => desk.remove()) };
  return [
    ...(desk.may("files.download") ? [download, ...(desk.canSaveToFolder ? [downloadTo] : [])] : []),
    ...(desk.may("files.change") ? change : []),
    ...(desk.may("files.delete") ? [{ separator: true as const }, remove] : []),
  ];
}
