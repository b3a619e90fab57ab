import { join } from "node:path";
import { describe, expect, test } from "bun:test";
import { oneForAll } from "../listeners/plan.ts";
import { noRooms, PASSWORD, startTestServer, type TestServer } from "../test/test-server.ts";

const PROGRAM = [process.execPath, join(import.meta.dir, "../main.ts")];

/** Runs the program on a site's data, as the service's user would on the machine, while the site serves. */
async function run(site: TestServer, name: string, words: readonly string[] = [], input = "") {
  const child = Bun.spawn([...PROGRAM, name, "--data", site.directory, ...words], {
    ...{ stdin: new Blob([input]), stdout: "pipe", stderr: "pipe" },
  });
  const [output, errors] = await Promise.all([new Response(child.stdout).text(), new Response(child.stderr).text()]);
  return { status: await child.exited, output, errors };
}

const start = () => startTestServer({ openRooms: noRooms });

describe("the appliance's commands", () => {
  test("presence-code prints a code alone, which the running server takes", async () => {
    await using site = await start();
    const { status, output, errors } = await run(site, "presence-code");
    expect(status).toBe(0);
    expect(output).toMatch(/^[2-9A-Z]{4}-[2-9A-Z]{4}\n$/u);
    expect(errors).toContain("60 minutes");
    const body = { code: output.trim(), username: "root-anna", password: PASSWORD };
    expect((await site.browser().refusal("POST", "/api/appliance/with-code", { body })).code).toBe("");
  });

  test("appliance-administrator makes one by the site's password rules, and gives them another password", async () => {
    await using site = await start();
    const words = ["--username", "root-anna", "--password-stdin"];
    const signIn = (password: string) =>
      site.browser().refusal("POST", "/api/appliance/sign-in", { body: { username: "root-anna", password } });
    expect(await run(site, "appliance-administrator", words, "short\n")).toMatchObject({ status: 1 });
    expect(await run(site, "appliance-administrator", words, "\n")).toMatchObject({ status: 2 });
    const spaced = ["--username", "two words", "--password-stdin"];
    expect(await run(site, "appliance-administrator", spaced, `${PASSWORD}\n`)).toMatchObject({ status: 2 });
    expect(await run(site, "appliance-administrator", words, `${PASSWORD}\n`)).toMatchObject({ status: 0 });
    expect((await signIn(PASSWORD)).code).toBe("");
    expect(await run(site, "appliance-administrator", words, "another long enough secret\n")).toMatchObject({
      status: 0,
    });
    expect((await signIn(PASSWORD)).code).toBe("sign_in.failed");
  }, 30_000);

  test("reset-listeners puts everybody back to the place of --listen, also in a server that runs", async () => {
    await using site = await start();
    const anna = site.browser();
    const code = await site.core.applianceAccess.presenceCodes.create();
    await anna.json("POST", "/api/appliance/with-code", { code, username: "root-anna", password: PASSWORD });
    const narrow = { ...oneForAll, consoles: { address: "", port: null, networks: ["192.0.2.0/24"] } };
    await anna.json("PUT", "/api/appliance/listeners", narrow);
    expect(site.server.listeners.state("").listeners).toEqual(narrow);
    expect(await run(site, "reset-listeners")).toMatchObject({ status: 0 });
    for (let attempt = 0; attempt < 50 && site.server.listeners.state("").listeners !== oneForAll; attempt += 1)
      await Bun.sleep(100);
    expect(site.server.listeners.state("").listeners).toEqual(oneForAll);
  });
});
