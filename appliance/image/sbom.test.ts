import { expect, test } from "bun:test";
import { billOfMaterials, debianComponents, type LockFile, npmComponents, pagePackages } from "./sbom.ts";

test("Debian's packages are named with version, architecture and source", () => {
  expect(debianComponents("libc6 2.41-12 amd64 glibc\ng++ 4:14 amd64\n")).toEqual([
    {
      type: "library",
      name: "libc6",
      version: "2.41-12",
      purl: "pkg:deb/debian/libc6@2.41-12?arch=amd64&distro=trixie",
      properties: [{ name: "debian:source", value: "glibc" }],
    },
    {
      type: "library",
      name: "g++",
      version: "4:14",
      purl: "pkg:deb/debian/g%2B%2B@4%3A14?arch=amd64&distro=trixie",
      properties: [{ name: "debian:source", value: "g++" }],
    },
  ]);
});

test("packages of npm come with what they need in turn, each with the version it gets", () => {
  const lock: LockFile = {
    workspaces: { "": { dependencies: { one: "1.0.0" } } },
    packages: {
      one: ["one@1.0.0", "", { dependencies: { two: "^1" } }, "sha512-AAEC"],
      two: ["two@2.0.0", "", {}, ""],
      "one/two": ["two@1.5.0", "", { dependencies: { "@x/three": "*" } }, ""],
      "@x/three": ["@x/three@3.0.0", "", {}, ""],
      unused: ["unused@9.0.0", "", {}, ""],
    },
  };
  expect(npmComponents(lock, ["two"]).map(({ purl }) => purl)).toEqual([
    "pkg:npm/%40x/three@3.0.0",
    "pkg:npm/one@1.0.0",
    "pkg:npm/two@1.5.0",
    "pkg:npm/two@2.0.0",
  ]);
  expect(npmComponents(lock, [])[1]?.hashes).toEqual([{ alg: "SHA-512", content: "000102" }]);
});

test("every package the pages import is on the list of those built in", async () => {
  const { devDependencies } = (await Bun.file("package.json").json()) as { devDependencies: Record<string, string> };
  const imported = new Set<string>();
  for (const file of new Bun.Glob("ui/**/*.{ts,svelte}").scanSync()) {
    if (/^ui\/(test|gallery)\/|\.test\.ts$/u.test(file)) continue;
    const text = await Bun.file(file).text();
    for (const [, name = ""] of text.matchAll(/\bfrom\s+"((?:@[\w-]+\/)?[\w-]+)/gu)) imported.add(name);
  }
  const builtIn = [...imported].filter((name) => name in devDependencies);
  expect(builtIn.filter((name) => !pagePackages.includes(name))).toEqual([]);
});

test("equal parts make equal documents", () => {
  const components = debianComponents("a 1 all a\n");
  const release = { version: "1.2.3", sourceDate: 0, securityReleases: [], notes: [] };
  expect(billOfMaterials(components, release)).toEqual(billOfMaterials(components, release));
  expect(billOfMaterials(components, release)).toMatchObject({ bomFormat: "CycloneDX", specVersion: "1.5" });
});
