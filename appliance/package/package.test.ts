import { afterAll, describe, expect, test } from "bun:test";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { changelogText, controlText, debianVersion } from "./control.ts";
import type { PackageFile } from "./contents.ts";
import { copyrightText } from "./copyright.ts";
import { buildDeb } from "./deb.ts";
import { makersOf } from "./maintainer.ts";
import { manualPage } from "./manual-page.ts";

const folder = mkdtempSync(join(tmpdir(), "causeway-package-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const SOURCE_DATE = 1_795_000_000;
const control = { version: "1.2.3", architecture: "amd64", maintainer: "Ada of Weir <ada@weir.example>" } as const;

/** The shape of the real one, in little. */
const files: PackageFile[] = [
  { path: "usr/lib/causeway/causeway", source: { kind: "text", text: "a program" }, isProgram: true },
  { path: "usr/bin/causeway", source: { kind: "link", target: "../lib/causeway/causeway" } },
  { path: "usr/share/doc/causeway/changelog.gz", source: { kind: "gzip", text: changelogText(control, SOURCE_DATE) } },
];

const said = (...command: string[]): string => {
  const { exitCode, stdout, stderr } = Bun.spawnSync(command);
  if (exitCode !== 0) throw new Error(`${command.join(" ")}: ${stderr.toString()}`);
  return stdout.toString();
};

describe("the package as dpkg reads it", () => {
  test("everything in it is root's, with modes and dates that no builder's umask or clock shows in", async () => {
    const [one, other] = [join(folder, "one.deb"), join(folder, "other.deb")];
    await buildDeb({ control, files, sourceDate: SOURCE_DATE }, one);
    const umask = process.umask(0o077);
    await buildDeb({ control, files, sourceDate: SOURCE_DATE }, other);
    process.umask(umask);
    expect(readFileSync(one).equals(readFileSync(other))).toBe(true);
    const rows = said("dpkg-deb", "--contents", one).trim().split("\n");
    expect(rows.map((row) => row.split(/\s+/u)[1])).toEqual(rows.map(() => "root/root"));
    expect(rows.find((row) => row.endsWith("./usr/lib/causeway/causeway"))).toStartWith("-rwxr-xr-x");
    expect(rows.find((row) => row.endsWith("./usr/lib/"))).toStartWith("drwxr-xr-x");
    expect(said("dpkg-deb", "--field", one, "Package", "Version", "Architecture", "Maintainer")).toBe(
      "Package: causeway\nVersion: 1.2.3\nArchitecture: amd64\nMaintainer: Ada of Weir <ada@weir.example>\n",
    );
  });

  test("what leads up to a release is older than it", () => {
    const [candidate, release] = [debianVersion("1.2.3-rc.1"), debianVersion("1.2.3")];
    expect(Bun.spawnSync(["dpkg", "--compare-versions", candidate, "lt", release]).exitCode).toBe(0);
    expect(Bun.spawnSync(["dpkg", "--validate-version", candidate]).exitCode).toBe(0);
  });

  test("a changelog that Debian's own tool reads", async () => {
    const path = join(folder, "changelog");
    await Bun.write(path, changelogText(control, SOURCE_DATE));
    expect(said("dpkg-parsechangelog", "--file", path, "--show-field", "Version")).toBe("1.2.3\n");
  });

  test("no line of the control file begins a field by chance", () => {
    expect(
      controlText(control, 12)
        .trimEnd()
        .split("\n")
        .every((line) => /^([A-Z][A-Za-z-]*: | )\S/u.test(line)),
    ).toBe(true);
  });
});

describe("maintainer scripts", () => {
  const scripts = ["postinst", "prerm", "postrm"].map((name) => join(import.meta.dir, "files", name));

  test("are sound for the smallest shell, and stop at the first failure", () => {
    for (const script of scripts) {
      expect(Bun.spawnSync(["sh", "-n", script]).exitCode).toBe(0);
      expect(readFileSync(script, "utf8")).toMatch(/^#!\/bin\/sh\n(#.*\n)*set -e$/mu);
    }
  });

  test("NA3 use no word but the ones dpkg gives them, and remove nothing but the site's own folder", () => {
    for (const text of scripts.map((script) => readFileSync(script, "utf8").replaceAll(/^\s*#.*$/gmu, ""))) {
      expect(text).not.toMatch(/eval|`|\$\(|\bsource\b|curl|wget/u);
      for (const [word] of text.matchAll(/\$\S+/gu))
        expect(["$1", "$2", "$action"]).toContain(word.replaceAll('"', ""));
      for (const [line] of text.matchAll(/^.*\brm\b.*$/gmu))
        expect(line).toMatch(/^ *rm -rf \/var\/lib\/causeway \|\| echo "[^"$]*" >&2$/u);
    }
  });
});

describe("documents", () => {
  const help = "Causeway.\n\n  serve --data DIR\n      Serve the site.\n  help\n      Print this.";

  test("the manual page shows each command of the help, and roff has nothing to complain about", async () => {
    const page = manualPage(help, "1.2.3");
    expect(page).toContain(".TP\n.B serve \\-\\-data DIR\nServe the site.\n.TP\n.B help\nPrint this.\n");
    const path = join(folder, "causeway.8");
    await Bun.write(path, page);
    const { stderr } = Bun.spawnSync(["man", "--warnings", "--local-file", path], {
      env: { ...process.env, MANWIDTH: "80" },
    });
    expect(stderr.toString()).toBe("");
    expect(() => manualPage("something else", "1")).toThrow("no help");
  });

  test("whose work is built in stands in the copyright file", () => {
    const text = copyrightText("Ada of Weir", [{ name: "elysia", version: "1.4.30", license: "MIT" }]);
    expect(text).toContain("  elysia 1.4.30: MIT\n");
    expect(text).toContain("Copyright 2026 Ada of Weir.");
  });

  test("who answers for it is the author of package.json, or whoever builds it under a name of their own", async () => {
    const { author } = (await Bun.file(join(import.meta.dir, "../../package.json")).json()) as { author: string };
    expect(makersOf(author, null)).toEqual({ author: "The makers of Causeway", maintainer: author });
    const wished = "Northmoor IT <it@northmoor.example>";
    expect(makersOf(author, wished)).toEqual({ author: "The makers of Causeway", maintainer: wished });
    for (const text of ["", "Northmoor", "it@northmoor.example", " <it@northmoor.example>", `${wished}\nDepends: evil`])
      expect(() => makersOf(author, text)).toThrow("A maintainer is written as");
  });
});

test("the unit is one text for the appliance and the package: what only the appliance has is in its drop-in", () => {
  const units = join(import.meta.dir, "../units");
  const unit = readFileSync(join(units, "causeway.service"), "utf8");
  expect(unit).not.toMatch(/^Requires=/mu);
  expect(unit).not.toMatch(/\/data\b/u);
  expect(unit).toMatch(/ serve --appliance /u);
  // A release that cannot read the data is not started each second for ever, but where the appliance counts these starts.
  expect(unit).toMatch(/^RestartPreventExitStatus=78$/mu);
  expect(readFileSync(join(units, "causeway.service.d/appliance.conf"), "utf8")).toMatch(
    /^RestartPreventExitStatus=$/mu,
  );
  expect(readdirSync(join(units, "causeway.service.d"))).toEqual(["appliance.conf"]);
});
