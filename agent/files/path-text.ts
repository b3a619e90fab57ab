/**
 * Names and paths of the endpoint as text and back. A Linux name is any bytes but "/" and 0; text is how it travels.
 * Bytes that are not UTF-8 become lone surrogates U+DC80 to U+DCFF (Python's surrogateescape, PEP 383).
 * INVARIANT: pathBytes(pathText(bytes)) is bytes, for every byte string.
 */
import { AppError } from "../../protocol/errors.ts";

const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
const ESCAPE = 0xdc00;

/** The text of a name or path. */
export function pathText(bytes: Uint8Array): string {
  return decodeWhole(bytes) ?? decodePieces(bytes);
}

function decodeWhole(bytes: Uint8Array): string | null {
  try {
    return decoder.decode(bytes);
  } catch (error) {
    if (error instanceof TypeError) return null;
    throw error;
  }
}

function decodePieces(bytes: Uint8Array): string {
  let text = "";
  for (let at = 0; at < bytes.length;) {
    const length = sequenceLength(bytes[at]!);
    const piece = length === 0 || at + length > bytes.length ? null : decodeWhole(bytes.subarray(at, at + length));
    text += piece ?? String.fromCharCode(ESCAPE + bytes[at]!);
    at += piece === null ? 1 : length;
  }
  return text;
}

/** How long the UTF-8 sequence is that begins with this byte; 0: none begins so. */
function sequenceLength(first: number): number {
  if (first < 0x80) return 1;
  if (first >= 0xc2 && first < 0xe0) return 2;
  if (first >= 0xe0 && first < 0xf0) return 3;
  return first >= 0xf0 && first < 0xf5 ? 4 : 0;
}

/**
 * The bytes of a name or path.
 * @throws {AppError} file.name_invalid for a 0 or a lone surrogate that stands for no byte.
 */
export function pathBytes(text: string): Buffer {
  if (text.includes("\0"))
    throw new AppError("file.name_invalid", "A name cannot hold the character 0. Choose another name.");
  if (text.isWellFormed()) return Buffer.from(text, "utf8");
  return Buffer.concat(Array.from(text, characterBytes));
}

function characterBytes(character: string): Buffer {
  if (character.isWellFormed()) return Buffer.from(character, "utf8");
  const byte = character.charCodeAt(0) - ESCAPE;
  if (byte >= 0x80 && byte <= 0xff) return Buffer.from([byte]);
  throw new AppError("file.name_invalid", "The name holds half a character. Choose another name.");
}

/** Text for a person: what is no UTF-8 shows as the replacement character. */
export function readableText(text: string): string {
  return text.toWellFormed();
}
