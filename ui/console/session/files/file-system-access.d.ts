/** The File System Access API where TypeScript's own description of the DOM leaves it out (WICG, Chromium). */
declare function showDirectoryPicker(options?: {
  readonly mode?: "read" | "readwrite";
}): Promise<FileSystemDirectoryHandle>;

interface FileSystemHandle {
  remove(options?: { readonly recursive?: boolean }): Promise<void>;
}
