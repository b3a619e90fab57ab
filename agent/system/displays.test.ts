import { afterAll, expect, test } from "bun:test";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { findDisplays } from "./displays.ts";

const root = mkdtempSync(join(tmpdir(), "causeway-displays-"));
afterAll(() => rmSync(root, { recursive: true }));

const sources = {
  processes: join(root, "proc"),
  sockets: join(root, "sockets"),
  accounts: join(root, "passwd"),
};
const uid = process.getuid?.() ?? 0;

function addProcess(pid: number, cmdline: string[], environ: string[]): void {
  const directory = join(sources.processes, String(pid));
  mkdirSync(directory, { recursive: true });
  writeFileSync(join(directory, "cmdline"), `${cmdline.join("\0")}\0`);
  writeFileSync(join(directory, "environ"), `${environ.join("\0")}\0`);
}

test("a display is found with the authority of the programs that use it", () => {
  const authority = join(root, "cookie");
  writeFileSync(authority, "");
  writeFileSync(sources.accounts, `somebody:x:${uid}:${uid}::${root}:/bin/sh\n`);
  mkdirSync(sources.sockets, { recursive: true });
  writeFileSync(join(sources.sockets, "X5"), "");
  writeFileSync(join(sources.sockets, "X12"), "");
  writeFileSync(join(sources.sockets, "unrelated"), "");
  addProcess(9, ["/usr/bin/dbus-launch"], ["DISPLAY=:5.0", "LANG=C.UTF-8"]);
  addProcess(10, ["/usr/bin/xterm"], ["DISPLAY=:5.0", `XAUTHORITY=${authority}`, "LANG=ja_JP.UTF-8", "LC_ALL=de_AT"]);
  addProcess(11, ["/usr/bin/Xvfb", ":12", "-auth", authority], []);
  addProcess(12, ["ssh"], ["DISPLAY=localhost:10.0"]);
  expect(findDisplays(sources)).toEqual([
    { display: ":5", authority, user: "somebody", locale: "de_AT" },
    { display: ":12", authority, user: "somebody", locale: null },
  ]);
});

test("the display this program was started on comes first, even with no socket in sight", () => {
  addProcess(process.pid, ["causeway-agent"], ["DISPLAY=:40"]);
  expect(findDisplays(sources)[0]?.display).toBe(":40");
});

test("a computer without X has no display", () => {
  expect(findDisplays({ processes: join(root, "no"), sockets: join(root, "no"), accounts: join(root, "no") })).toEqual(
    [],
  );
});
