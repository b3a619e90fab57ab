import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "bun:test";
import type { KnownReleases } from "../../protocol/release-notes.ts";
import { startTestServer } from "../test/test-server.ts";
import { knownReleases, releasesUpTo } from "./known-releases.ts";

const PATH = "/api/login/release-notes";
const LIST = `
## 1.3.0 (unreleased)
- Three.
## 1.1.0 (2026-01-01)
- One.
## 1.2.0 (2026-02-01)
- Two.
## 1.2.0-rc.1 (2026-01-20)
- Nearly two.
`;

test("B2 what is new is told to who may see the settings, and to nobody else", async () => {
  await using site = await startTestServer();
  expect(await site.browser().refusal("GET", PATH)).toEqual({ status: 401, code: "sign_in.required" });
  const rob = await site.representative("rob", { "console.use": true, "teams.manage": true });
  expect(await rob.refusal("GET", PATH)).toMatchObject({ status: 403 });
  const sue = await site.representative("sue", { "settings.view": true }, "login");
  const told = await sue.json<KnownReleases>("GET", PATH);
  expect(told).toEqual(knownReleases("0.0.0-test"));
  const changelog = readFileSync(join(import.meta.dir, "../../CHANGELOG.md"), "utf8");
  expect(changelog).toContain(told.releases[0]!.notes[0]!.text);
});

test("B2 the release that runs and those before it are told, newest first; all of them by a program without a name there", () => {
  const versionsFor = (version: string) => releasesUpTo(version, LIST).releases.map((release) => release.version);
  expect(versionsFor("1.2.0+3d1d91b0aa")).toEqual(["1.2.0", "1.2.0-rc.1", "1.1.0"]);
  expect(versionsFor("1.2.0-rc.1")).toEqual(["1.2.0-rc.1", "1.1.0"]);
  expect(versionsFor("1.3.0")).toEqual(["1.3.0", "1.2.0", "1.2.0-rc.1", "1.1.0"]);
  expect(versionsFor("1.2.9")).toEqual(["1.3.0", "1.2.0", "1.2.0-rc.1", "1.1.0"]);
  expect(releasesUpTo("1.2.0+3d1d91b0aa", LIST)).toMatchObject({
    version: "1.2.0",
    releases: [{ notes: [{ text: "Two." }] }, {}, {}],
  });
});
