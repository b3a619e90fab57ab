/** A ustar archive (POSIX 1003.1-1990) of small texts, as a stream of bytes. */
const BLOCK_BYTES = 512;
const END = new Uint8Array(2 * BLOCK_BYTES);

/** One file; its content is made when its turn comes. */
export interface TarFile {
  /** ASCII, at most 100 bytes. */
  readonly name: string;
  content(): Promise<string>;
}

/** The archive, a file at a time: a slow reader holds one in memory. */
export async function* tarOf(files: readonly TarFile[], modifiedAt: Date): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  for (const { name, content } of files) {
    const bytes = new TextEncoder().encode(await content());
    yield header(name, bytes.length, modifiedAt);
    yield bytes;
    yield new Uint8Array((BLOCK_BYTES - (bytes.length % BLOCK_BYTES)) % BLOCK_BYTES);
  }
  yield END;
}

function header(name: string, sizeBytes: number, modifiedAt: Date): Uint8Array<ArrayBuffer> {
  const block = new Uint8Array(BLOCK_BYTES);
  const put = (text: string, at: number): void => void new TextEncoder().encodeInto(text, block.subarray(at));
  const octal = (value: number, digits: number): string => value.toString(8).padStart(digits, "0");
  put(name, 0);
  put(`${octal(0o600, 7)}\0${octal(0, 7)}\0${octal(0, 7)}\0`, 100);
  put(`${octal(sizeBytes, 11)}\0${octal(Math.floor(modifiedAt.getTime() / 1000), 11)}\0        0`, 124);
  put("ustar\x0000", 257);
  const sum = block.reduce((total, byte) => total + byte, 0);
  put(`${octal(sum, 6)}\0 `, 148);
  return block;
}
