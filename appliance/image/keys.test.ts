import { afterAll, expect, test } from "bun:test";
import { createPublicKey, generateKeyPairSync, verify } from "node:crypto";
import { mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { SigningKey } from "./keys.ts";

const folder = mkdtempSync(join(tmpdir(), "causeway-keys-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test("without a release key a development key is made once, for its owner's eyes alone", () => {
  const file = join(folder, "cache/development.key");
  const first = SigningKey.open(null, file);
  const second = SigningKey.open(null, file);
  expect(first.isDevelopment).toBe(true);
  expect(second.publicPem).toBe(first.publicPem);
  expect(statSync(file).mode & 0o777).toBe(0o600);
  const bytes = new TextEncoder().encode("manifest");
  expect(verify(null, bytes, createPublicKey(first.publicPem), second.sign(bytes))).toBe(true);
});

test("a release key is taken where one is given, and nothing but Ed25519 is", () => {
  const release = join(folder, "release.key");
  const { privateKey, publicKey } = generateKeyPairSync("ed25519");
  writeFileSync(release, privateKey.export({ type: "pkcs8", format: "pem" }));
  const key = SigningKey.open(release, join(folder, "never-made.key"));
  expect(key.isDevelopment).toBe(false);
  expect(key.publicPem).toBe(publicKey.export({ type: "spki", format: "pem" }).toString());
  const other = generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey;
  writeFileSync(release, other.export({ type: "pkcs8", format: "pem" }));
  expect(() => SigningKey.open(release, "")).toThrow("not an Ed25519 private key");
});
