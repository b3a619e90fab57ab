import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { chmodSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { installerFileName, type Installer } from "../../protocol/api/administration.ts";
import type { InstallerFile } from "../../protocol/hello.ts";
import { addJumpPolicy, addSessionPolicy } from "../test/policy-rows.ts";
import { ScriptedAgent } from "../test/scripted-agent.ts";
import { startTestSite, type TestSite } from "../test/test-site.ts";
import { stubFor } from "./self-extracting.ts";

/** Stands for the agent: says what it was called with and shows the installer it was given. */
const AGENT = `#!/bin/sh
for word in "$@"; do printf '%s\\n' "$word"; done
cat "$3"
dirname "$0" > "$REPORT"
exit 7
`;

let site: TestSite;
let scratch: string;
beforeAll(async () => {
  scratch = mkdtempSync(join(tmpdir(), "causeway-installers-"));
  site = await startTestSite({ rooms: { agentsDirectory: scratch } });
  for (const platform of ["linux-x64", "windows-x64"])
    await Bun.write(join(scratch, platform, "causeway-agent.gz"), Bun.gzipSync(new TextEncoder().encode(AGENT)));
});
afterAll(async () => {
  await site[Symbol.asyncDispose]();
  rmSync(scratch, { recursive: true, force: true });
});

const asked = (change: Record<string, unknown> = {}) => ({
  name: "Front desks",
  jumpGroup: site.jumpGroup,
  tag: "front",
  comments: "",
  validForMinutes: 60,
  maxUses: 5,
  ...change,
});
const create = (change?: Record<string, unknown>): Promise<Installer> =>
  site.admin.json<Installer>("POST", "/api/login/installers", asked(change));
const download = (id: string, platform: string): Promise<Response> =>
  site.admin.request("GET", `/api/login/installers/${id}/download/${platform}`);

/** Runs a downloaded file as a person would, and gives what its agent printed. */
async function runFile(bytes: ArrayBuffer, ...words: string[]) {
  const file = join(scratch, `${crypto.randomUUID()}.run`);
  const report = `${file}.report`;
  await Bun.write(file, bytes);
  chmodSync(file, 0o700);
  const environment = { PATH: process.env["PATH"] ?? "", TMPDIR: scratch, REPORT: report };
  const child = Bun.spawn([file, ...words], { stdout: "pipe", stderr: "pipe", env: environment });
  const [output, errors, status] = await Promise.all([
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
    child.exited,
  ]);
  return { output, errors, status, unpackedIn: readFileSync(report, "utf8").trim() };
}

describe("installers", () => {
  test("JCSET-01 are created, listed, extended and deleted, and each step is audited", async () => {
    const made = await create();
    expect(made).toMatchObject({ name: "Front desks", jumpGroupName: "Desks", uses: 0, maxUses: 5, isExpired: false });
    const later = await site.admin.json<Installer>("PATCH", `/api/login/installers/${made.id}`, {
      validForMinutes: 600,
    });
    expect(Date.parse(later.expiresAt) - Date.parse(made.expiresAt)).toBeGreaterThan(530 * 60_000);
    await site.admin.json("DELETE", `/api/login/installers/${made.id}`);
    const { installers } = await site.admin.json<{ installers: Installer[] }>("GET", "/api/login/installers");
    expect(installers.some((one) => one.id === made.id)).toBe(false);
    const { rows } = await site.admin.json<{ rows: { action: string; objectId: string }[] }>(
      "GET",
      "/api/login/audit?limit=50",
    );
    const actions = rows.filter((row) => row.objectId === made.id).map((row) => row.action);
    expect(actions).toEqual(["installer.deleted", "installer.changed", "installer.created"]);
  });

  test("are refused for a group that is gone, and out of bounds", async () => {
    const post = (change: Record<string, unknown>) =>
      site.admin.refusal("POST", "/api/login/installers", { body: asked(change) });
    expect((await post({ jumpGroup: "A".repeat(22) })).code).toBe("not_found");
    for (const change of [
      { validForMinutes: 59 },
      { validForMinutes: 525_601 },
      { maxUses: 0 },
      { name: "a\nb" },
      { token: "x" },
    ])
      expect((await post(change)).code).toBe("request.invalid");
  });

  test("JUMP-31 SPOL-06 POLICY-02 what it names is what its Jump Clients begin with; only what is for Jump Items is taken", async () => {
    const { core } = site.server;
    const jumpPolicy = await addJumpPolicy(core, { requiresTicket: true });
    const [present, absent] = [await addSessionPolicy(core, {}), await addSessionPolicy(core, {})];
    const forUsers = await addSessionPolicy(core, {}, { isForJumpItems: false });
    const policies = { jumpPolicy, presentPolicy: present, absentPolicy: absent };
    const made = await create(policies);
    expect([made.jumpPolicy?.id, made.presentPolicy?.id, made.absentPolicy?.id]).toEqual([jumpPolicy, present, absent]);
    for (const change of [{ presentPolicy: forUsers }, { absentPolicy: "A".repeat(22) }, { jumpPolicy: present }])
      expect((await site.admin.refusal("POST", "/api/login/installers", { body: asked(change) })).code).toBe(
        "request.conflict",
      );
    const agent = new ScriptedAgent(site.server.url);
    const { token } = await site.installer(policies);
    await agent.enrol(token);
    const rows = core.database.queries.selectFrom("jump_clients").where("id", "=", agent.jumpClient);
    expect(await rows.select(["jump_policy", "present_policy", "absent_policy"]).executeTakeFirst()).toEqual({
      jump_policy: jumpPolicy,
      present_policy: present,
      absent_policy: absent,
    });
    agent[Symbol.dispose]();
    const path = `/api/login/installers/${made.id}`;
    const changed = await site.admin.json<Installer>("PATCH", path, { jumpPolicy: null, absentPolicy: present });
    expect([changed.jumpPolicy, changed.absentPolicy?.id, changed.expiresAt]).toEqual([null, present, made.expiresAt]);
    expect((await site.admin.refusal("PATCH", path, { body: { presentPolicy: forUsers } })).code).toBe(
      "request.conflict",
    );
    const offered = await site.admin.json<{ sessionPolicies: { id: string }[] }>(
      "GET",
      "/api/login/installers/choices",
    );
    const ids = offered.sessionPolicies.map(({ id }) => id);
    expect([ids.includes(present), ids.includes(forUsers)]).toEqual([true, false]);
  });

  test("NA25 never show their token in a list", async () => {
    const made = await create();
    const { token } = installerIn(Buffer.from(await (await download(made.id, "linux-x64")).arrayBuffer()));
    const list = await (await site.admin.request("GET", "/api/login/installers")).text();
    const audit = await (await site.admin.request("GET", "/api/login/audit?limit=100")).text();
    expect(list + audit + site.server.log.join()).not.toContain(token);
  });
});

function installerIn(file: Buffer): InstallerFile {
  const encoded = /printf '%s' '([A-Za-z0-9_-]+)'/u.exec(file.toString("latin1"))![1]!;
  return JSON.parse(Buffer.from(encoded, "base64url").toString()) as InstallerFile;
}

describe("the download for Linux", () => {
  test("JCSET-01 unpacks itself privately, installs with the arguments it was given, and leaves nothing behind", async () => {
    const made = await create();
    const response = await download(made.id, "linux-x64");
    expect(response.headers.get("content-disposition")).toBe(
      `attachment; filename="${installerFileName(made.name, "linux-x64")}"`,
    );
    const run = await runFile(await response.arrayBuffer(), "--directory", "/opt/with space; echo $HOME");
    expect(run.errors).toBe("");
    expect(run.status).toBe(7);
    const [install, option, file, directory, path, json] = run.output.split("\n");
    expect([install, option, directory, path]).toEqual([
      "install",
      "--installer",
      "--directory",
      "/opt/with space; echo $HOME",
    ]);
    expect(JSON.parse(json!)).toMatchObject({
      siteName: "Northmoor",
      site: site.server.url.replace("127.0.0.1", "localhost"),
    });
    expect(file!.startsWith(run.unpackedIn)).toBe(true);
    expect(await Bun.file(file!).exists()).toBe(false);
  });

  test("NA1 NA3 no name an administrator gives can become a command", async () => {
    for (const siteName of ["$(touch /tmp/pwned)", "';exit 99;'", "`id`", "${IFS}", "@OFFSET@@INSTALLER@", "ü€🎈"]) {
      await site.admin.json("PATCH", "/api/login/settings", { siteName });
      const made = await create({ name: siteName, comments: siteName });
      const response = await download(made.id, "linux-x64");
      expect(response.headers.get("content-disposition")).toMatch(/^attachment; filename="[a-z0-9.-]+"$/u);
      const run = await runFile(await response.arrayBuffer());
      expect([run.status, run.errors]).toEqual([7, ""]);
      expect(JSON.parse(run.output.split("\n").at(-1)!)).toMatchObject({ siteName });
    }
    await site.admin.json("PATCH", "/api/login/settings", { siteName: "Northmoor" });
  });

  test("the stub says where it ends, whatever its length", () => {
    for (let length = 0; length < 400; length += 1) {
      const installer = { site: "https://a", siteId: "x".repeat(length) } as InstallerFile;
      const stub = Buffer.from(stubFor(installer)).toString();
      expect(Number(/tail -c \+(\d+)/u.exec(stub)![1])).toBe(stub.length + 1);
    }
  });
});

test("the download for other platforms is a zip with the agent and its installer", async () => {
  const made = await create();
  const response = await download(made.id, "windows-x64");
  expect(response.headers.get("content-type")).toBe("application/zip");
  const { unzipSync } = await import("fflate");
  const files = unzipSync(new Uint8Array(await response.arrayBuffer()));
  expect(Object.keys(files).toSorted()).toEqual(["causeway-agent.exe", "causeway-installer.json"]);
  expect(Buffer.from(files["causeway-agent.exe"]!).toString()).toBe(AGENT);
  expect(JSON.parse(Buffer.from(files["causeway-installer.json"]!).toString())).toMatchObject({
    siteName: "Northmoor",
  });
});

test("what cannot be downloaded is said in words, and nothing outside the folder is reached", async () => {
  const made = await create();
  const missing = await download(made.id, "linux-arm64");
  expect(missing.status).toBe(404);
  expect(((await missing.json()) as { message: string }).message).toContain("does not carry the agent for linux-arm64");
  for (const platform of ["..", "../linux-x64", "%2e%2e", "solaris"])
    expect((await download(made.id, encodeURIComponent(platform))).status).toBe(404);
  expect((await download("A".repeat(22), "linux-x64")).status).toBe(404);
});
