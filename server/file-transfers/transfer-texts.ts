/** Lines of a session's log about transfers, in words for a person. */

interface About {
  readonly name: string;
  readonly kind: "file" | "directory";
  readonly direction: "download" | "upload";
  readonly state: string;
  readonly size_bytes: number;
}

/** "Ines Duarte downloaded report.pdf (214 KB)." */
export function downloadedText(who: string, row: About): string {
  return `${who} downloaded ${subject(row)}.`;
}

/** "Ines Duarte uploaded toner-guide.pdf (1.1 MB). Checksums match." */
export function uploadedText(who: string, row: About): string {
  return `${who} uploaded ${subject(row)}. Checksums match.`;
}

/** "Ines Duarte cancelled the upload of toner-guide.pdf (1.1 MB)." */
export function endedText(who: string, row: About, why = ""): string {
  if (row.state === "cancelled") return `${who} cancelled the ${row.direction} of ${subject(row)}.`;
  return `The ${row.direction} of ${subject(row)} by ${who} failed. ${why}`.trimEnd();
}

function subject({ name, kind, size_bytes }: About): string {
  return kind === "directory" ? `the folder ${name}` : `${name} (${sizeText(size_bytes)})`;
}

const UNITS = ["bytes", "KB", "MB", "GB", "TB"] as const;

/** "214 KB": decimal units, one digit after the point below ten. */
export function sizeText(bytes: number): string {
  let value = bytes;
  let unit = 0;
  while (value >= 1000 && unit < UNITS.length - 1) {
    value /= 1000;
    unit += 1;
  }
  return `${unit === 0 || value >= 10 ? Math.round(value) : value.toFixed(1)} ${UNITS[unit]}`;
}
