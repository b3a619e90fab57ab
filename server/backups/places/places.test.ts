import { randomBytes } from "node:crypto";
import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { AppError } from "../../../protocol/errors.ts";
import { type S3Server, S3_KEYS, S3_REGION, startS3Server } from "../../test/peers/s3-server.ts";
import { type Sshd, startSshd } from "../../test/peers/sshd.ts";
import { smallDisk } from "../../test/small-disk.ts";
import { temporaryDirectory } from "../../test/temporary-directory.ts";
import { openPlace } from "./open-place.ts";
import type { PlaceWish } from "./place.ts";
import { readHostKey } from "./sftp.ts";

async function refusalOf(work: () => Promise<unknown>): Promise<AppError> {
  try {
    await work();
  } catch (error) {
    if (error instanceof AppError) return error;
    throw error;
  }
  throw new Error("it was taken");
}

async function write(wish: PlaceWish, name: string, bytes: Uint8Array): Promise<void> {
  await using place = await openPlace(wish);
  await using sink = await place.create(name);
  for (let offset = 0; offset < bytes.length; offset += 262_160)
    await sink.write(bytes.subarray(offset, offset + 262_160));
  await sink.finish();
}

async function read(wish: PlaceWish, name: string): Promise<Buffer> {
  await using place = await openPlace(wish);
  const pieces: Uint8Array[] = [];
  for await (const piece of place.read(name)) pieces.push(piece);
  return Buffer.concat(pieces);
}

async function remove(wish: PlaceWish, name: string): Promise<void> {
  await using place = await openPlace(wish);
  await place.remove(name);
}

/** What is begun and given up. */
async function giveUp(wish: PlaceWish, name: string, bytes: Uint8Array): Promise<void> {
  await using place = await openPlace(wish);
  await using sink = await place.create(name);
  await sink.write(bytes);
}

describe("backups by SFTP", () => {
  let sshd: Sshd;
  beforeAll(async () => {
    sshd = await startSshd();
  });
  afterAll(() => sshd?.[Symbol.asyncDispose]());
  const wish = (change: Partial<Extract<PlaceWish, { kind: "sftp" }>> = {}) => ({
    ...{ kind: "sftp" as const, host: "127.0.0.1", port: sshd.port, username: sshd.username },
    ...{ folder: join(sshd.folder, "causeway/nightly"), hostKey: sshd.hostKey, secret: sshd.privateKey, ...change },
  });

  test("a file goes there and comes back whole, in a folder that is made, readable by its owner alone", async () => {
    const bytes = randomBytes(3_000_001);
    await write(wish(), "one.backup", bytes);
    expect(readdirSync(wish().folder)).toEqual(["one.backup"]);
    expect(statSync(join(wish().folder, "one.backup")).mode & 0o077).toBe(0);
    expect((await read(wish(), "one.backup")).equals(bytes)).toBe(true);
    await remove(wish(), "one.backup");
    await remove(wish(), "one.backup");
    expect(readdirSync(wish().folder)).toEqual([]);
    expect((await refusalOf(() => read(wish(), "one.backup"))).code).toBe("not_found");
  });

  test("what is given up half-way leaves nothing there", async () => {
    await giveUp(wish(), "half.backup", randomBytes(600_000));
    expect(readdirSync(wish().folder)).toEqual([]);
  });

  test("the host key is shown without signing in; another one than agreed stops everything before the secret is used", async () => {
    expect(await readHostKey(wish({ hostKey: "", secret: "not a key" }))).toBe(sshd.hostKey);
    const refusal = await refusalOf(() => openPlace(wish({ hostKey: `SHA256:${"A".repeat(43)}` })));
    expect(refusal.code).toBe("backup.unreachable");
    expect(refusal.message).toContain(`shows the host key ${sshd.hostKey}`);
    expect((await refusalOf(() => openPlace(wish({ hostKey: "" })))).message).toContain("agree to its host key");
  });

  test("a closed port, a wrong secret and a folder that cannot be made are told in words", async () => {
    expect((await refusalOf(() => openPlace(wish({ port: 1 })))).message).toContain("127.0.0.1:1 could not be reached");
    expect((await refusalOf(() => openPlace(wish({ secret: "a password" })))).code).toBe("backup.unreachable");
    expect((await refusalOf(() => openPlace(wish({ folder: "/proc/nowhere" })))).message).toContain("/proc/nowhere");
  });
});

describe("backups on S3-compatible storage", () => {
  let s3: S3Server;
  beforeAll(() => {
    s3 = startS3Server();
  });
  afterAll(() => s3?.[Symbol.asyncDispose]());
  const wish = (change: Partial<Extract<PlaceWish, { kind: "s3" }>> = {}) => ({
    ...{ kind: "s3" as const, endpoint: s3.endpoint, region: S3_REGION, bucket: "northmoor", prefix: "causeway/" },
    ...{ accessKeyId: S3_KEYS.accessKeyId, secret: S3_KEYS.secret, ...change },
  });

  test("a small file goes there and comes back; a large one in signed parts", async () => {
    for (const length of [1000, 40_000_000]) {
      const bytes = randomBytes(length);
      await write(wish(), "one.backup", bytes);
      expect([...s3.objects.keys()]).toEqual(["/northmoor/causeway/one.backup"]);
      expect((await read(wish(), "one.backup")).equals(bytes)).toBe(true);
    }
    expect(s3.uploads.size).toBe(0);
    await remove(wish(), "one.backup");
    expect(s3.objects.size).toBe(0);
    expect((await refusalOf(() => read(wish(), "one.backup"))).code).toBe("not_found");
  });

  test("what is given up, and what the storage refuses, is seen by nobody", async () => {
    await giveUp(wish(), "half.backup", randomBytes(40_000_000));
    expect(s3.objects.size).toBe(0);
    s3.refusesParts = true;
    const refusal = await refusalOf(() => write(wish(), "full.backup", randomBytes(40_000_000)));
    s3.refusesParts = false;
    expect(refusal.code).toBe("backup.unreachable");
    expect(s3.objects.size).toBe(0);
  });

  test("a wrong secret and a storage that does not answer are told in words", async () => {
    const wrong = await refusalOf(() => write(wish({ secret: "another" }), "x", randomBytes(10)));
    expect(wrong.code).toBe("backup.unreachable");
    const nobody = await refusalOf(() => write(wish({ endpoint: "http://127.0.0.1:1" }), "x", randomBytes(10)));
    expect(nobody.message).toContain("http://127.0.0.1:1 did not take the request for northmoor");
  });
});

describe("backups in a folder", () => {
  test("nobody sees an unfinished file under its name; given up, it is gone", async () => {
    using folder = temporaryDirectory();
    const wish = { kind: "folder" as const, path: join(folder.path, "backups") };
    await giveUp(wish, "half.backup", randomBytes(1000));
    expect(readdirSync(wish.path)).toEqual([]);
    await write(wish, "one.backup", randomBytes(1000));
    expect(readdirSync(wish.path)).toEqual(["one.backup"]);
    expect((await refusalOf(() => read(wish, "two.backup"))).code).toBe("not_found");
  });

  test("a full disk is told as that, and the file begun is gone", async () => {
    using disk = smallDisk(1);
    const wish = { kind: "folder" as const, path: join(disk.path, "backups") };
    expect((await refusalOf(() => write(wish, "one.backup", randomBytes(3_000_000)))).code).toBe("storage.full");
    expect(readdirSync(wish.path)).toEqual([]);
  });
});
