import { expect, test } from "bun:test";
import { sourcesList, sourcesOf } from "./debian-sources.ts";

const DEB822 = `Types: deb
# a comment
URIs: http://mirror.example/debian
Suites: bookworm bookworm-updates
Components: main contrib

Types: deb-src
URIs: http://mirror.example/debian
Suites: bookworm
Components: main

Types: deb
URIs: https://other.example/node
Suites: nodistro
Components: main

Types: deb
Enabled: no
URIs: http://off.example/debian
Suites: bookworm
Components: main
`;

const ONE_LINE = `# deb http://commented.example/debian bookworm main
deb [signed-by=/usr/share/keyrings/x.gpg] http://mirror.example/security bookworm-security main
deb http://mirror.example/debian bookworm main
deb http://foreign.example/apt cloud-bookworm main
deb http://mirror.example/extra bookworm contrib
`;

test("the machine's own archives are carried over to the image's release, each once", () => {
  const sources = sourcesOf([DEB822, ONE_LINE], "bookworm", "trixie");
  expect(sourcesList(sources)).toBe(
    [
      "deb http://mirror.example/debian trixie main",
      "deb http://mirror.example/debian trixie-updates main",
      "deb http://mirror.example/security trixie-security main",
      "",
    ].join("\n"),
  );
});

test("a machine without Debian's archives has none", () => {
  expect(sourcesOf(["Types: deb\nURIs: http://x\nSuites: noble\nComponents: main\n"], "bookworm", "trixie")).toEqual(
    [],
  );
});
