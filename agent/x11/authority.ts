/** X authority files, which hold the cookie by which a display lets a client in. Xau(3), `struct xauth` on disk. */

/** One way in. */
export interface XAuthorization {
  readonly name: Uint8Array<ArrayBuffer>;
  readonly data: Uint8Array<ArrayBuffer>;
}

/** The largest authority file that is read, in bytes. */
export const MAX_AUTHORITY_BYTES = 1 << 20;

/**
 * The cookie for a display (":0", ":10.0", "host:1") in the bytes of an authority file: the first MIT-MAGIC-COOKIE-1
 * whose display number fits or is left open. `null` if there is none or the file is cut short before it.
 */
export function findAuthorization(file: Uint8Array, display: string): XAuthorization | null {
  const number = /:(\d+)/.exec(display)?.[1] ?? "";
  let at = 0;
  const field = (): Uint8Array<ArrayBuffer> | null => {
    if (at + 2 > file.length) return null;
    const length = (file[at]! << 8) | file[at + 1]!;
    const bytes = file.slice(at + 2, at + 2 + length);
    at += 2 + length;
    return bytes.length === length ? bytes : null;
  };
  while (at + 2 <= file.length) {
    at += 2; // the address family: one display number means one display on this computer
    const [address, display, name, data] = [field(), field(), field(), field()];
    if (address === null || display === null || name === null || data === null) return null;
    const isForDisplay = display.length === 0 || new TextDecoder().decode(display) === number;
    if (isForDisplay && new TextDecoder().decode(name) === "MIT-MAGIC-COOKIE-1") return { name, data };
  }
  return null;
}
