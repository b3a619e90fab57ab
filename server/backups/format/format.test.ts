import { randomBytes } from "node:crypto";
import { describe, expect, test } from "bun:test";
import { AppError } from "../../../protocol/errors.ts";
import { type ArchiveEntry, type ArchiveFile, archiveFiles, packArchive, unpackArchive } from "./archive.ts";
import { ByteSource } from "./byte-source.ts";
import { CHUNK_BYTES, openChunks, sealChunks } from "./chunks.ts";
import { decodeHeader, encodeHeader, headerLength, PREFIX_BYTES } from "./header.ts";
import { makeFileKey, makePassphraseKey, openFileKey } from "./keys.ts";

const PASSPHRASE = "five ravens on the weir";

async function* pieces(bytes: Uint8Array, size = 100_000): AsyncGenerator<Uint8Array> {
  for (let offset = 0; offset < bytes.length; offset += size) yield bytes.subarray(offset, offset + size);
}

async function gather(stream: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const all: Uint8Array[] = [];
  for await (const piece of stream) all.push(piece);
  return Buffer.concat(all);
}

const key = { fileKey: randomBytes(32), digest: randomBytes(32) };
const sealed = (plain: Uint8Array) => gather(sealChunks(pieces(plain), key));
const opened = (bytes: Uint8Array, with_ = key) => gather(openChunks(new ByteSource(pieces(bytes)), with_));
const SEALED = CHUNK_BYTES + 16;

async function refusalOf(work: Promise<unknown>): Promise<string> {
  try {
    await work;
  } catch (error) {
    if (error instanceof AppError) return `${error.code}: ${error.message}`;
    throw error;
  }
  return "taken";
}

describe("the encrypted chunks of a backup", () => {
  test("what was sealed opens again, whatever its length", async () => {
    for (const length of [0, 1, CHUNK_BYTES - 1, CHUNK_BYTES, CHUNK_BYTES + 1, 3 * CHUNK_BYTES, 3 * CHUNK_BYTES + 7]) {
      const plain = randomBytes(length);
      const bytes = await sealed(plain);
      expect(bytes.length).toBe(length + 16 * Math.max(1, Math.ceil(length / CHUNK_BYTES)));
      expect((await opened(bytes)).equals(plain)).toBe(true);
    }
  });

  test("cut off at any place it is refused, and says that it ends too early", async () => {
    const bytes = await sealed(randomBytes(2 * CHUNK_BYTES + 5));
    for (const length of [0, 1, 15, 16, SEALED - 1, SEALED, SEALED + 1, 2 * SEALED, bytes.length - 1])
      expect(await refusalOf(opened(bytes.subarray(0, length)))).toStartWith(
        "backup.invalid: The backup ends too early",
      );
  });

  test("chunks changed, moved, repeated, left out, added or of another file are refused", async () => {
    const bytes = await sealed(randomBytes(3 * CHUNK_BYTES));
    const other = await sealed(randomBytes(3 * CHUNK_BYTES));
    const [a, b, c] = [0, 1, 2].map((index) => bytes.subarray(index * SEALED, (index + 1) * SEALED)) as Buffer[];
    const flipped = Buffer.from(bytes);
    flipped[SEALED + 1000]! ^= 1;
    const hostile = [
      flipped,
      ...[
        [b, a, c],
        [a, a, c],
        [a, c],
        [b, c],
        [a, b, c, c],
        [a, b, c, a],
      ].map((parts) => Buffer.concat(parts as Buffer[])),
      Buffer.concat([bytes, Buffer.of(0)]),
    ];
    for (const one of hostile) expect(await refusalOf(opened(one))).toStartWith("backup.invalid");
    for (const wrong of [
      { ...key, digest: randomBytes(32) },
      { ...key, fileKey: randomBytes(32) },
    ])
      expect(await refusalOf(opened(bytes, wrong))).toStartWith("backup.invalid");
    expect((await opened(other)).length).toBe(3 * CHUNK_BYTES);
  });

  test("a random change anywhere never gives other bytes than were sealed", async () => {
    const plain = randomBytes(CHUNK_BYTES + 100);
    const bytes = await sealed(plain);
    for (let round = 0; round < 60; round += 1) {
      const changed = Buffer.from(bytes);
      changed[Math.floor(Math.random() * changed.length)]! ^= 1 + Math.floor(Math.random() * 255);
      expect(await refusalOf(opened(changed))).toStartWith("backup.invalid");
    }
  });
});

describe("the header of a backup", () => {
  test("NA9 the file's key opens with the passphrase, however its letters are spelt, and with no other", async () => {
    const passphraseKey = await makePassphraseKey("Größe des Wehrs 1931");
    const { fileKey, header } = makeFileKey(passphraseKey);
    expect(Buffer.from(await openFileKey(header, "Größe des Wehrs 1931".normalize("NFD"))).equals(fileKey)).toBe(true);
    expect(await refusalOf(openFileKey(header, "Größe des Wehrs 1932"))).toStartWith("backup.wrong_passphrase");
    expect(makeFileKey(passphraseKey).header.sealedFileKey).not.toBe(header.sealedFileKey);
  });

  test("a header put together from two backups gives no key", async () => {
    const [one, two] = await Promise.all([makePassphraseKey(PASSPHRASE), makePassphraseKey(PASSPHRASE)]);
    const [first, second] = [makeFileKey(one!).header, makeFileKey(two!).header];
    for (const mixed of [
      { ...first, sealedFileKey: second.sealedFileKey },
      { ...first, ephemeralPublicKey: second.ephemeralPublicKey },
      { ...first, passphraseKey: second.passphraseKey },
      { ...first, passphraseKey: { ...first.passphraseKey, publicKey: second.passphraseKey.publicKey } },
      { ...first, ephemeralPublicKey: Buffer.alloc(32).toString("base64url") },
    ])
      expect(await refusalOf(openFileKey(mixed, PASSPHRASE))).toMatch(/^backup\.(invalid|wrong_passphrase)/u);
  });

  test("what is no header is refused in words; a newer format is told from a damaged one", async () => {
    const passphraseKey = await makePassphraseKey(PASSPHRASE);
    const { bytes } = encodeHeader(makeFileKey(passphraseKey).header);
    const prefix = bytes.subarray(0, PREFIX_BYTES);
    const text = bytes.subarray(PREFIX_BYTES);
    const decode = (first: Uint8Array, rest: Uint8Array): Promise<unknown> =>
      Promise.resolve().then(() => decodeHeader(first, rest));
    expect(await refusalOf(decode(prefix, text))).toBe("taken");
    expect(await refusalOf(decode(Buffer.from("SQLite format 3\0abcd"), text))).toContain("no backup of Causeway");
    expect(await refusalOf(decode(prefix, text.subarray(1)))).toContain("cut off");
    const withText = (json: string): Promise<string> => {
      const header = Buffer.from(json);
      const start = Buffer.from(prefix);
      start.writeUInt32BE(header.length, 16);
      return refusalOf(decode(start, header));
    };
    expect(await withText('{"format":2,"somethingNew":1}')).toContain("newer release");
    const costly = { ...passphraseKey, derivation: { ...passphraseKey.derivation, logN: 30 } };
    for (const json of [
      "{",
      "null",
      "[]",
      '{"format":1}',
      JSON.stringify({ ...makeFileKey(passphraseKey).header, passphraseKey: costly }),
    ])
      expect(await withText(json)).toContain("altered");
  });

  test("random bytes never make a header", async () => {
    for (let round = 0; round < 500; round += 1) {
      const bytes = randomBytes(PREFIX_BYTES + (round % 300));
      if (round % 2 === 0) bytes.write("CAUSEWAY-BACKUP\n", "latin1");
      const work = Promise.resolve().then(() => {
        headerLength(bytes.subarray(0, PREFIX_BYTES));
        return decodeHeader(bytes.subarray(0, PREFIX_BYTES), bytes.subarray(PREFIX_BYTES));
      });
      expect(await refusalOf(work)).toStartWith("backup.invalid");
    }
  });
});

describe("the archive inside", () => {
  const contents: Readonly<Record<ArchiveFile, Buffer>> = {
    "manifest.json": Buffer.from("{}"),
    "secret.key": randomBytes(32),
    "causeway.sqlite": randomBytes(8192),
  };
  const entries = (): ArchiveEntry[] =>
    archiveFiles.map((name) => ({ name, sizeBytes: contents[name].length, content: pieces(contents[name]) }));
  const unpacked = async (bytes: Uint8Array): Promise<Map<string, Buffer>> => {
    const files = new Map<string, Buffer>();
    for await (const file of unpackArchive(pieces(bytes, 777))) files.set(file.name, await gather(file.content));
    return files;
  };

  test("Debian's tar reads it, and so do we", async () => {
    const bytes = await gather(packArchive(entries()));
    const tar = Bun.spawn(["tar", "-tvf", "-"], { stdin: bytes, stdout: "pipe" });
    const listing = await new Response(tar.stdout).text();
    expect(await tar.exited).toBe(0);
    for (const name of archiveFiles) expect(listing).toContain(name);
    const files = await unpacked(bytes);
    for (const name of archiveFiles) expect(files.get(name)!.equals(contents[name])).toBe(true);
  });

  test("NA8 NA12 names that climb out, absolute ones, links, folders and files nobody expects are refused before a byte is taken", async () => {
    using folder = (await import("../../test/temporary-directory.ts")).temporaryDirectory();
    const script = `
import io, sys, tarfile
def make(kind):
    out = io.BytesIO(); t = tarfile.open(fileobj=out, mode="w", format=tarfile.USTAR_FORMAT)
    def add(name, data=b"{}", type=tarfile.REGTYPE, link=""):
        i = tarfile.TarInfo(name); i.size = len(data) if type == tarfile.REGTYPE else 0; i.type = type; i.linkname = link; i.mode = 0o600
        t.addfile(i, io.BytesIO(data))
    kind(add); t.close(); return out.getvalue()
kinds = {
  "up": lambda add: add("../../etc/cron.d/x"), "absolute": lambda add: add("/etc/passwd"),
  "symlink": lambda add: add("manifest.json", type=tarfile.SYMTYPE, link="/etc/passwd"),
  "hardlink": lambda add: add("manifest.json", type=tarfile.LNKTYPE, link="secret.key"),
  "folder": lambda add: add("manifest.json", type=tarfile.DIRTYPE), "device": lambda add: add("manifest.json", type=tarfile.CHRTYPE),
  "other": lambda add: add("notes.txt"), "dot": lambda add: add("./manifest.json"), "backslash": lambda add: add("..\\\\manifest.json"),
}
for name, kind in kinds.items(): open(sys.argv[1] + "/" + name, "wb").write(make(kind))`;
    expect(Bun.spawnSync(["python3", "-c", script, folder.path]).exitCode).toBe(0);
    for (const kind of ["up", "absolute", "symlink", "hardlink", "folder", "device", "other", "dot", "backslash"]) {
      const bytes = await Bun.file(`${folder.path}/${kind}`).bytes();
      expect(await refusalOf(unpacked(bytes))).toContain("not what Causeway writes");
    }
  });

  test("any changed byte outside the files' own content, and anything after the end, is refused", async () => {
    const bytes = await gather(packArchive(entries()));
    const isContent = (offset: number): boolean =>
      (offset >= 512 && offset < 514) || (offset >= 1536 && offset < 1568) || (offset >= 2560 && offset < 2560 + 8192);
    for (let offset = 0; offset < bytes.length; offset += 1) {
      if (isContent(offset) || offset % 7 !== 0) continue;
      const changed = Buffer.from(bytes);
      changed[offset]! ^= 0x11;
      expect(await refusalOf(unpacked(changed))).toStartWith("backup.invalid");
    }
    expect(await refusalOf(unpacked(Buffer.concat([bytes, Buffer.alloc(512)])))).toStartWith("backup.invalid");
    expect(await refusalOf(unpacked(bytes.subarray(0, -512)))).toStartWith("backup.invalid");
  });

  test("a database of more than 8 GB keeps its size", async () => {
    const sizeBytes = 9 * 2 ** 30;
    const packed = packArchive([
      ...entries().slice(0, 2),
      { name: "causeway.sqlite", sizeBytes, content: pieces(Buffer.of(1)) },
    ]);
    const first: Uint8Array[] = [];
    for await (const piece of packed) {
      first.push(piece);
      if (first.length === 8) break;
    }
    const sizes: number[] = [];
    try {
      for await (const file of unpackArchive(pieces(Buffer.concat(first)))) {
        sizes.push(file.sizeBytes);
        await gather(file.content);
      }
    } catch (error) {
      expect(error).toBeInstanceOf(AppError);
    }
    expect(sizes.at(-1)).toBe(sizeBytes);
  });
});
