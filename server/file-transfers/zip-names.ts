/** Names inside a zip, made so that no program that unpacks it writes outside its folder (NA8, NA10). */

const RESERVED = /^(con|prn|aux|nul|com\d|lpt\d)(\.|$)/i;

/** One part of a path as it may stand in a zip: on Windows, too, it is an ordinary name. */
function safePart(part: string): string {
  const plain = part
    .toWellFormed()
    .replace(/[\u0000-\u001f\u007f<>:"|?*\\/]/g, "_")
    .replace(/[. ]+$/, (ending) => "_".repeat(ending.length));
  return plain === "" || RESERVED.test(plain) ? `_${plain}` : plain;
}

/** Gives each path of a folder its name in the zip; no two get the same, upper and lower case alike. */
export class ZipNames {
  readonly #taken = new Set<string>();

  /** @param folder the name everything in the zip lies below. */
  constructor(private readonly folder: string) {}

  /** The name for a path relative to the folder; "" is the folder itself. */
  file(relativePath: string): string {
    const parts = [this.folder, ...relativePath.split("/").filter((part) => part !== "")].map(safePart);
    const name = parts.join("/");
    for (let number = 1; ; number += 1) {
      const candidate = number === 1 ? name : numbered(name, number);
      if (this.#taken.has(candidate.toLowerCase())) continue;
      this.#taken.add(candidate.toLowerCase());
      return candidate;
    }
  }

  /** The name of a folder. Two that come out alike become one. */
  folderName(relativePath: string): string {
    const parts = [this.folder, ...relativePath.split("/").filter((part) => part !== "")].map(safePart);
    return `${parts.join("/")}/`;
  }
}

function numbered(name: string, number: number): string {
  const slash = name.lastIndexOf("/");
  const dot = name.lastIndexOf(".");
  return dot > slash + 1 ? `${name.slice(0, dot)} (${number})${name.slice(dot)}` : `${name} (${number})`;
}
