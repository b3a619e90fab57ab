import { afterEach, beforeEach, expect, test } from "bun:test";
import { randomBytes } from "node:crypto";
import { mkdirSync, readFileSync, renameSync, symlinkSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { zstdCompressSync } from "node:zlib";
import type { AppError } from "../../protocol/errors.ts";
import { openTestMachine, type TestMachine } from "../test-system/machine.ts";
import { blockDevices } from "./block-device.ts";
import { Slots } from "./slots.ts";
import { type BundleChanges, makeBundle, tar, testKeys } from "./test-bundle.ts";
import { UpdateStaging } from "./update-staging.ts";

const keys = testKeys();
const images = { boot: new Uint8Array(randomBytes(200_000)), root: new Uint8Array(randomBytes(3_000_000)) };
const idle = { signal: new AbortController().signal, report: () => {} };

let machine: TestMachine;
let slots: Slots;
let staging: UpdateStaging;

beforeEach(() => {
  machine = openTestMachine();
  for (const [name, size] of [
    ["boot", 300_000],
    ["root", 4_000_000],
  ] as const) {
    machine.put(`dev/disk/by-partlabel/${name}-a`, Buffer.alloc(size, 1));
    machine.put(`dev/disk/by-partlabel/${name}-b`, Buffer.alloc(size, 2));
  }
  machine.put("usr/lib/causeway/update.pub", keys.publicKey.export({ type: "spki", format: "pem" }));
  mkdirSync(machine.paths.updates, { recursive: true });
  slots = new Slots(machine.system, blockDevices(machine.paths));
  staging = new UpdateStaging(machine.system, slots, blockDevices(machine.paths));
});
afterEach(() => machine[Symbol.dispose]());

function upload(bytes: Uint8Array): void {
  writeFileSync(join(machine.paths.updates, "one.bundle"), bytes);
}

/** The code with which a bundle is refused; what is written of it, or "unchanged". */
async function refusal(bytes: Uint8Array): Promise<string> {
  upload(bytes);
  const before = readFileSync(join(machine.paths.disks, "root-b"));
  const code = await staging.stage("one.bundle", idle).then(
    () => "staged",
    (error: unknown) => (error as AppError).code,
  );
  const isUnchanged = readFileSync(join(machine.paths.disks, "root-b")).equals(before);
  // Whatever happened: the next start takes what runs.
  expect(slots.state("a").isNext).toBe(true);
  return `${code}${isUnchanged ? ", unchanged" : ""}`;
}

const changed = (changes: BundleChanges): Uint8Array => makeBundle(keys.privateKey, images, changes);

test("NA40 a signed update is written whole into the other slot, and the next start is unchanged until it is chosen", async () => {
  upload(changed({}));
  const reports: [number, number][] = [];
  const state = await staging.stage("one.bundle", {
    ...idle,
    report: (done, total) => void reports.push([done, total]),
  });
  expect(state).toMatchObject({
    slot: "b",
    version: "1.3.0",
    isGood: false,
    triesLeft: 3,
    isNext: false,
    isRunning: false,
  });
  expect(readFileSync(join(machine.paths.disks, "root-b")).subarray(0, 3_000_000).equals(images.root)).toBe(true);
  expect(readFileSync(join(machine.paths.disks, "boot-b")).subarray(0, 200_000).equals(images.boot)).toBe(true);
  expect(reports.at(-1)).toEqual([6_400_000, 6_400_000]);
  expect(slots.choose("b").find(({ isNext }) => isNext)?.slot).toBe("b");
});

test("NA40 tampered, foreign, older and too new bundles write nothing", async () => {
  expect(await refusal(makeBundle(testKeys().privateKey, images))).toBe("update.foreign, unchanged");
  const tampered = changed({});
  tampered[600] = tampered[600]! ^ 1;
  expect(await refusal(tampered)).toBe("update.foreign, unchanged");
  expect(await refusal(changed({ manifest: (one) => ({ ...one, product: "another" }) }))).toBe(
    "update.foreign, unchanged",
  );
  expect(await refusal(changed({ version: "1.1.9" }))).toBe("update.older, unchanged");
  expect(await refusal(changed({ version: "1.2.0-rc.1" }))).toBe("update.older, unchanged");
  expect(await refusal(changed({ manifest: (one) => ({ ...one, minimumVersion: "1.2.1" }) }))).toBe(
    "update.invalid, unchanged",
  );
  expect(await refusal(changed({ manifest: (one) => ({ ...one, format: 2 }) }))).toBe("update.invalid, unchanged");
});

test("NA8 NA12 an archive of any other form is refused before anything is written", async () => {
  const shuffled = changed({ entries: ([a, b, c, d]) => [a!, b!, d!, c!] });
  const climbing = changed({ entries: ([a, b, c, d]) => [a!, b!, { ...c!, name: "../../etc/passwd" }, d!] });
  const link = changed({ entries: ([a, b, c, d]) => [a!, b!, { ...c!, type: "2" }, d!] });
  const extra = changed({ entries: (entries) => [...entries, { name: "/etc/cron.d/x", content: new Uint8Array(4) }] });
  const extended = changed({
    entries: (entries) => [{ name: "pax", content: new Uint8Array(20), type: "x" }, ...entries],
  });
  for (const bytes of [shuffled, climbing, link, extra, extended, tar([]), new Uint8Array(0), new Uint8Array(3000)]) {
    expect(await refusal(bytes)).toBe("update.invalid, unchanged");
  }
});

test("NA40 a bundle that ends early is refused wherever it ends", async () => {
  const whole = changed({});
  for (const length of [
    0,
    1,
    511,
    512,
    700,
    1536,
    2048,
    2600,
    50_000,
    1_000_000,
    whole.length - 1024,
    whole.length - 1,
  ]) {
    expect(await refusal(whole.subarray(0, length))).toBe("update.invalid, unchanged");
  }
});

test("NA40 images that are others than promised, endless or no images are found before the other slot is touched", async () => {
  const other = zstdCompressSync(new Uint8Array(3_000_000).fill(7));
  // 4 GB of zeroes in a few kilobytes.
  const endless = Buffer.concat(Array.from({ length: 64 }, () => zstdCompressSync(Buffer.alloc(64 << 20))));
  const noise = new Uint8Array(randomBytes(5_000));
  slots.writeCounters({ first: "a", a: { isGood: true, triesLeft: 3 }, b: { isGood: true, triesLeft: 3 } });
  for (const root of [other, endless, noise, zstdCompressSync(images.root).subarray(0, 100_000)]) {
    expect(await refusal(changed({ packed: { root } }))).toBe("update.invalid, unchanged");
    // The way back stays one.
    expect(slots.state("b")).toMatchObject({ isGood: true, triesLeft: 3, isNext: false });
  }
  const large = { ...images, root: new Uint8Array(4_000_001) };
  expect(await refusal(makeBundle(keys.privateKey, large))).toBe("update.invalid, unchanged");
});

test("NA40 a cancelled update leaves the running version, and the next one goes through", async () => {
  upload(changed({}));
  const leaving = new AbortController();
  // Past the half it is being written.
  const report = (done: number, total: number): void => void (done > total / 2 && leaving.abort());
  const failure = staging.stage("one.bundle", { signal: leaving.signal, report });
  await expect(failure).rejects.toMatchObject({ code: "transfer.cancelled" });
  expect(slots.state("b")).toMatchObject({ version: null, triesLeft: 0 });
  expect((await staging.stage("one.bundle", idle)).version).toBe("1.3.0");
});

test("one update at a time, and none before the running version was seen to work", async () => {
  upload(changed({}));
  const first = staging.stage("one.bundle", idle);
  await expect(staging.stage("one.bundle", idle)).rejects.toMatchObject({ code: "update.running" });
  await first;
  slots.writeCounters({ first: "a", a: { isGood: false, triesLeft: 2 }, b: { isGood: true, triesLeft: 3 } });
  await expect(staging.stage("one.bundle", idle)).rejects.toMatchObject({ code: "request.conflict" });
  expect(slots.state("b").isGood).toBe(true);
});

test("NA12 only a plain file of the server's own folder is opened", async () => {
  writeFileSync(join(machine.root, "elsewhere"), changed({}));
  symlinkSync(join(machine.root, "elsewhere"), join(machine.paths.updates, "link"));
  mkdirSync(join(machine.paths.updates, "folder"));
  expect(Bun.spawnSync(["mkfifo", join(machine.paths.updates, "pipe")]).exitCode).toBe(0);
  for (const name of ["link", "missing"]) {
    await expect(staging.stage(name, idle)).rejects.toMatchObject({ code: "not_found" });
  }
  for (const name of ["folder", "pipe"]) {
    await expect(staging.stage(name, idle)).rejects.toMatchObject({ code: "update.invalid" });
  }
  upload(changed({}));
  renameSync(machine.paths.updates, `${machine.paths.updates}-moved`);
  symlinkSync(`${machine.paths.updates}-moved`, machine.paths.updates);
  await expect(staging.stage("one.bundle", idle)).rejects.toMatchObject({ code: "not_found" });
});

test("a bundle larger than any is not read", async () => {
  upload(changed({}));
  truncateSync(join(machine.paths.updates, "one.bundle"), 2 ** 31 + 1);
  await expect(staging.stage("one.bundle", idle)).rejects.toMatchObject({ code: "update.invalid" });
});

test("a version that fell back is not started again by staging another one over it", async () => {
  // Version b was chosen, did not work, and a runs again: GRUB asks b first, but it has no tries left.
  slots.writeCounters({ first: "b", a: { isGood: true, triesLeft: 3 }, b: { isGood: false, triesLeft: 0 } });
  upload(changed({}));
  await staging.stage("one.bundle", idle);
  expect(slots.state("a").isNext).toBe(true);
});
