/** What a desktop tells its programs of its looks, by the XSETTINGS protocol (freedesktop.org, version 0.5). */

/** The longest list that is read, in bytes. */
export const MAX_X_SETTINGS_BYTES = 1 << 16;

const kinds = { integer: 0, text: 1, colour: 2 } as const;
const padded = (length: number): number => (length + 3) & ~3;

/** The settings that are texts, by name: all before the first that is cut short or of no known kind. */
export function parseXSettings(bytes: Uint8Array): ReadonlyMap<string, string> {
  const texts = new Map<string, string>();
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const isLittle = bytes[0] === 0;
  // byte order, serial, how many
  let at = 12;
  const has = (length: number): boolean => at + length <= bytes.length;
  const take = (length: number): string => {
    const text = new TextDecoder().decode(bytes.subarray(at, at + length));
    at += padded(length);
    return text;
  };
  while (has(4)) {
    const kind = bytes[at]!;
    const nameLength = view.getUint16(at + 2, isLittle);
    at += 4;
    if (!has(padded(nameLength) + 8)) break;
    const name = take(nameLength);
    at += 4; // when it changed last
    if (kind === kinds.text) {
      const length = view.getUint32(at, isLittle);
      at += 4;
      if (length > bytes.length || !has(length)) break;
      texts.set(name, take(length));
    } else if (kind === kinds.integer) at += 4;
    else if (kind === kinds.colour) at += 8;
    else break;
  }
  return texts;
}

/** Whether the desktop's theme is a dark one, by its name ("Adwaita-dark"). */
export function isDarkTheme(settings: ReadonlyMap<string, string>): boolean {
  return /(?:^|[-_ ])dark(?:$|[-_ ])|inverse$/iu.test(settings.get("Net/ThemeName") ?? "");
}
