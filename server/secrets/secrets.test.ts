import { chmodSync, existsSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "bun:test";
import { temporaryDirectory } from "../test/temporary-directory.ts";
import { KEY_CREDENTIAL, KEY_FILE, openSecrets, Secrets } from "./secrets.ts";

const place = { table: "certificates", row: "1", column: "key_pem" };
const key = new Uint8Array(32).fill(7);

describe("sealed values", () => {
  test("a value opens again at its place, and never looks the same twice", () => {
    const secrets = new Secrets(key);
    const sealed = secrets.seal(place, "geheim ☂");
    expect(secrets.open(place, sealed)).toBe("geheim ☂");
    expect(sealed).not.toContain("geheim");
    expect(secrets.seal(place, "geheim ☂")).not.toBe(sealed);
  });

  test("NA9 moved to another row, another column, another table or another appliance it does not open", () => {
    const sealed = new Secrets(key).seal(place, "geheim");
    for (const elsewhere of [
      { ...place, row: "2" },
      { ...place, column: "chain_pem" },
      { ...place, table: "site" },
      { table: "certificates", row: '1","key_pem', column: "" },
    ])
      expect(() => new Secrets(key).open(elsewhere, sealed)).toThrow("does not open");
    expect(() => new Secrets(new Uint8Array(32)).open(place, sealed)).toThrow("does not open");
  });

  test("a value with any byte changed, cut or lengthened does not open", () => {
    const secrets = new Secrets(key);
    const bytes = Buffer.from(secrets.seal(place, "geheim").slice(3), "base64url");
    const tries = Array.from(bytes, (_, index) => {
      const changed = Buffer.from(bytes);
      changed[index]! ^= 1;
      return changed;
    });
    for (const changed of [...tries, bytes.subarray(0, -1), Buffer.concat([bytes, Buffer.of(0)]), Buffer.of()])
      expect(() => secrets.open(place, `v1.${changed.toString("base64url")}`)).toThrow("does not open");
    expect(() => secrets.open(place, "")).toThrow("does not open");
    expect(() => secrets.open(place, `v2.${bytes.toString("base64url")}`)).toThrow("does not open");
  });

  test("derived keys are the same each time and differ by purpose", () => {
    const secrets = new Secrets(key);
    expect(secrets.derive("a")).toEqual(new Secrets(key).derive("a"));
    expect(secrets.derive("a")).not.toEqual(secrets.derive("b"));
  });
});

describe("the secret key", () => {
  test("it is made once, for its owner alone", () => {
    using directory = temporaryDirectory();
    const sealed = openSecrets(directory.path, null, true).seal(place, "x");
    expect(openSecrets(directory.path, null, true).open(place, sealed)).toBe("x");
    expect(statSync(join(directory.path, KEY_FILE)).mode & 0o777).toBe(0o600);
    expect(readFileSync(join(directory.path, KEY_FILE)).length).toBe(32);
  });

  test("a key file that others may read is refused", () => {
    using directory = temporaryDirectory();
    openSecrets(directory.path, null, true);
    chmodSync(join(directory.path, KEY_FILE), 0o640);
    expect(() => openSecrets(directory.path, null, true)).toThrow("may be read by others");
  });

  test("beside a database no other key takes the place of a missing one", () => {
    using directory = temporaryDirectory();
    expect(() => openSecrets(directory.path, null, false)).toThrow("is missing");
    expect(existsSync(join(directory.path, KEY_FILE))).toBe(false);
  });

  test("a systemd credential goes before the file", () => {
    using directory = temporaryDirectory();
    using credentials = temporaryDirectory();
    writeFileSync(join(credentials.path, KEY_CREDENTIAL), key);
    const sealed = openSecrets(directory.path, credentials.path, true).seal(place, "x");
    expect(new Secrets(key).open(place, sealed)).toBe("x");
    expect(() => statSync(join(directory.path, KEY_FILE))).toThrow();
  });

  test("a key of the wrong length is refused", () => {
    expect(() => new Secrets(new Uint8Array(31))).toThrow("31 bytes");
  });
});
