/** As much of BER (X.690) as SNMP needs (RFC 3417, section 8): definite lengths, one byte of tag. Pure. */
import { decodeObjectId, type ObjectId } from "./object-id.ts";

export const TAG = {
  integer: 0x02,
  octetString: 0x04,
  null: 0x05,
  objectId: 0x06,
  sequence: 0x30,
} as const;

/** What was read is not what the format promises. */
export class BerProblem extends Error {
  override readonly name = "BerProblem";
}

/** Reads one value after the other from bytes a stranger sent; nothing is copied. */
export class BerReader {
  #at = 0;
  constructor(private readonly bytes: Uint8Array) {}

  get isAtEnd(): boolean {
    return this.#at === this.bytes.length;
  }

  /** The next value's tag, which is not taken. @throws {BerProblem} at the end */
  peekTag(): number {
    return this.#byte(this.#at);
  }

  /** The content of the next value, a view. @throws {BerProblem} another tag, or it does not end in time */
  read(tag: number): Uint8Array {
    if (this.peekTag() !== tag) throw new BerProblem(`tag ${this.peekTag()} where ${tag} was expected`);
    this.#at += 1;
    const length = this.#length();
    const end = this.#at + length;
    if (end > this.bytes.length) throw new BerProblem("a value is longer than what holds it");
    const content = this.bytes.subarray(this.#at, end);
    this.#at = end;
    return content;
  }

  /** The next value as a reader of its own. @throws {BerProblem} */
  open(tag: number): BerReader {
    return new BerReader(this.read(tag));
  }

  /** A signed number of at most four bytes. @throws {BerProblem} */
  integer(): number {
    const content = this.read(TAG.integer);
    if (content.length === 0 || content.length > 4) throw new BerProblem("a number of too many bytes, or of none");
    const sign = content[0]! & 0x80 ? -1 : 0;
    return content.reduce((number, byte) => (number << 8) | byte, sign);
  }

  /** @throws {BerProblem} */
  objectId(): ObjectId {
    const name = decodeObjectId(this.read(TAG.objectId));
    if (name === null) throw new BerProblem("this is no object identifier");
    return name;
  }

  /** Takes the next value, whatever it is. @throws {BerProblem} */
  skip(): void {
    this.read(this.peekTag());
  }

  /** @throws {BerProblem} where something follows */
  end(): void {
    if (!this.isAtEnd) throw new BerProblem("something follows the end");
  }

  #length(): number {
    const first = this.#byte(this.#at);
    this.#at += 1;
    if (first < 0x80) return first;
    const count = first & 0x7f;
    if (count === 0 || count > 3) throw new BerProblem("a length that is not given, or is far too long");
    let length = 0;
    for (let index = 0; index < count; index += 1) length = length * 256 + this.#byte(this.#at + index);
    this.#at += count;
    return length;
  }

  #byte(at: number): number {
    const byte = this.bytes[at];
    if (byte === undefined) throw new BerProblem("the bytes end too early");
    return byte;
  }
}

/** One value: tag, length, content. */
export function ber(tag: number, ...content: readonly Uint8Array[]): Uint8Array {
  const length = content.reduce((total, part) => total + part.length, 0);
  return Buffer.concat([Uint8Array.from([tag, ...lengthBytes(length)]), ...content]);
}

/** A signed number of any size in as few bytes as it takes; `tag` for the kinds that are numbers, too. */
export function berInteger(value: number | bigint, tag: number = TAG.integer): Uint8Array {
  let rest = BigInt(value);
  const bytes: number[] = [];
  do {
    bytes.unshift(Number(BigInt.asUintN(8, rest)));
    rest >>= 8n;
  } while (rest !== 0n && rest !== -1n);
  const isNegative = BigInt(value) < 0n;
  if (isNegative !== (bytes[0]! & 0x80) > 0) bytes.unshift(isNegative ? 0xff : 0);
  return ber(tag, Uint8Array.from(bytes));
}

export const berOctets = (content: Uint8Array): Uint8Array => ber(TAG.octetString, content);
export const berSequence = (...content: readonly Uint8Array[]): Uint8Array => ber(TAG.sequence, ...content);

function lengthBytes(length: number): number[] {
  if (length < 0x80) return [length];
  if (length < 0x100) return [0x81, length];
  if (length < 0x1_0000) return [0x82, length >> 8, length & 0xff];
  throw new RangeError(`a value of ${length} bytes`);
}
