import { expect, test } from "bun:test";
import { checkInstallDirectory } from "./install-directory.ts";

test("JC-06 a directory of root's own is taken, there or not yet", () => {
  expect(checkInstallDirectory("/opt/some where/causeway-agent/")).toBe("/opt/some where/causeway-agent");
  expect(checkInstallDirectory("/usr/local/lib")).toBe("/usr/local/lib");
});

test("JC-06 NA27 NA31 a bad path is refused with the reason", () => {
  const reasons: Record<string, string> = {
    "opt/agent": "has to begin with /",
    "": "has to begin with /",
    "/": "the root of the disk",
    "//": "the root of the disk",
    "/opt/../tmp/x": '".."',
    "/opt/x\n[Service]": "may hold letters",
    '/opt/"quoted"': "may hold letters",
    "/opt/%h": "may hold letters",
    "/opt/$HOME": "may hold letters",
    "/tmp/agent": "everybody can write to /tmp",
    "/var/tmp/deep/er": "everybody can write to /var/tmp",
    "/etc/passwd/agent": "/etc/passwd is not a directory",
    "/proc/self/agent": "/proc/self is a link",
  };
  for (const [path, reason] of Object.entries(reasons)) expect(() => checkInstallDirectory(path)).toThrow(reason);
});

test("NA1 whatever characters a path holds, it is refused or safe to stand in a unit", () => {
  for (let round = 0; round < 2000; round += 1) {
    const noise = Array.from(crypto.getRandomValues(new Uint8Array(6)), (one) => String.fromCharCode(one)).join("");
    try {
      expect(checkInstallDirectory(`/opt/${noise}`)).toMatch(/^\/opt[A-Za-z0-9._/ +@-]*$/);
    } catch (error) {
      expect((error as Error).message).toContain("cannot live in");
    }
  }
});
