import { afterAll, expect, test } from "bun:test";
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { generateKeyPairSync } from "node:crypto";
import { closedAccounts } from "./accounts.ts";
import { enabledUnits, maskedUnits } from "./services.ts";
import { breachesOf } from "./tree-checks.ts";

const folder = mkdtempSync(join(tmpdir(), "causeway-tree-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const PASSWD = "root:x:0:0:root:/root:/bin/bash\n_chrony:x:100:101::/var/lib/chrony:/usr/sbin/nologin\n";
const SHADOW = "root:$6$salt$hash:20000:0:99999:7:::\n_chrony:!:20000::::::\n";
const accounts = closedAccounts({ passwd: PASSWD, group: "root:x:0:\n", shadow: SHADOW });

let trees = 0;

/** A root that passes every check. */
function soundTree(): string {
  const root = join(folder, String((trees += 1)));
  const put = (path: string, text: string): void => {
    mkdirSync(join(root, dirname(path)), { recursive: true });
    writeFileSync(join(root, path), text);
  };
  for (const name of ["boot", "data", "dev", "proc", "run", "sys", "tmp", "var/tmp", "usr/bin", "usr/sbin"]) {
    mkdirSync(join(root, name), { recursive: true });
  }
  put("etc/passwd", accounts.passwd);
  put("etc/shadow", accounts.shadow);
  put("etc/machine-id", "");
  put("usr/lib/causeway/update.pub", "-----BEGIN PUBLIC KEY-----\n");
  for (const unit of enabledUnits) put(`etc/systemd/system/multi-user.target.wants/${unit}`, "");
  for (const unit of maskedUnits) symlinkSync("/dev/null", join(root, "etc/systemd/system", unit));
  return root;
}

/** What is found in a sound root after one change. */
function breachesAfter(change: (root: string) => void): string[] {
  const root = soundTree();
  change(root);
  return breachesOf(root);
}

test("a sound root passes every check", () => {
  expect(breachesOf(soundTree())).toEqual([]);
});

test("accounts are closed: no shell, no password, the server's number is its own", () => {
  expect(accounts.passwd).toContain("root:x:0:0:root:/root:/usr/sbin/nologin\n");
  expect(accounts.passwd).toEndWith("causeway:x:5000:5000:Causeway:/data/causeway:/usr/sbin/nologin\n");
  expect(accounts.shadow).toBe("root:!*:19000::::::\n_chrony:!*:19000::::::\ncauseway:!*:19000::::::\n");
});

test("NA6 a private key, whoever's, keeps an image from being built", () => {
  const pem = generateKeyPairSync("ed25519").privateKey.export({ type: "pkcs8", format: "pem" }).toString();
  expect(breachesAfter((root) => writeFileSync(join(root, "usr/lib/causeway/update.key"), pem))).toEqual([
    expect.stringContaining("usr/lib/causeway/update.key holds a private key"),
  ]);
});

test("programs to get in by, rights that are lent, shells and passwords are found", () => {
  expect(breachesAfter((root) => writeFileSync(join(root, "usr/sbin/sshd"), ""))).toHaveLength(1);
  expect(
    breachesAfter((root) => {
      writeFileSync(join(root, "usr/bin/mount"), "");
      chmodSync(join(root, "usr/bin/mount"), 0o4755);
    }),
  ).toEqual([expect.stringContaining("usr/bin/mount is setuid or setgid")]);
  expect(breachesAfter((root) => writeFileSync(join(root, "etc/passwd"), PASSWD))).toEqual([
    expect.stringContaining("root has a shell"),
  ]);
  expect(breachesAfter((root) => writeFileSync(join(root, "etc/shadow"), SHADOW))).toEqual([
    expect.stringContaining("root has a password"),
  ]);
});

test("an account that shares the server's number is found", () => {
  const shared = `${accounts.passwd}other:x:5000:5000::/:/usr/sbin/nologin\n`;
  expect(breachesAfter((root) => writeFileSync(join(root, "etc/passwd"), shared))).toHaveLength(1);
});

test("units that would not start, or could, are found", () => {
  const wanted = (root: string): string => join(root, "etc/systemd/system/multi-user.target.wants/nftables.service");
  expect(breachesAfter((root) => rmSync(wanted(root)))).toEqual([
    expect.stringContaining("nftables.service does not start"),
  ]);
  const masked = (root: string): string => join(root, "etc/systemd/system/debug-shell.service");
  expect(breachesAfter((root) => rmSync(masked(root)))).toEqual([
    expect.stringContaining("debug-shell.service is not masked"),
  ]);
});

test("settings of Debian's own repartition service, missing mount points and traces of the builder are found", () => {
  expect(breachesAfter((root) => mkdirSync(join(root, "usr/lib/repart.d"), { recursive: true }))).toHaveLength(1);
  expect(breachesAfter((root) => rmSync(join(root, "var/tmp"), { recursive: true }))).toEqual([
    expect.stringContaining("/var/tmp is missing"),
  ]);
  expect(breachesAfter((root) => mkdirSync(join(root, "etc/apt"), { recursive: true }))).toHaveLength(1);
  expect(breachesAfter((root) => writeFileSync(join(root, "etc/machine-id"), "0123"))).toHaveLength(1);
});
