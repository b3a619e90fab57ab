import { Database as Sqlite } from "bun:sqlite";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "bun:test";
import { DATABASE_FILE } from "./database/database.ts";
import { TestBrowser } from "./test/test-browser.ts";
import { PASSWORD } from "./test/test-server.ts";
import { temporaryDirectory } from "./test/temporary-directory.ts";
import { runProgram as run, serveProgram as serve } from "./test/whole-program.ts";

/** Every row of settings and of the migrations that were done. */
function contentOf(file: string): unknown {
  using database = new Sqlite(file, { readonly: true });
  return ["settings", "kysely_migration", "schema_floor"].map((table) =>
    database.query(`select * from ${table}`).all(),
  );
}

const setUpWords = (data: string) => [
  "setup",
  "--data",
  data,
  "--hostname",
  "localhost",
  "--admin",
  "anna",
  "--password-stdin",
];

describe("the program", () => {
  test.each([[[]], [["--quick-start"]]])(
    "LOGIN-01 served with %j, the console stays off until set-up says so",
    async (more) => {
      using directory = temporaryDirectory();
      await using server = await serve(join(directory.path, "data"), { more });
      const site = await new TestBrowser(server.url).json("GET", "/api/site");
      expect(site).toMatchObject({ isSetUp: false, isConsoleEnabled: false, isConsoleSuggested: more.length > 0 });
    },
  );

  test("it sets up, serves, resets a password while serving, and stops when asked", async () => {
    using directory = temporaryDirectory();
    const data = join(directory.path, "data");
    expect(await run(setUpWords(data), `${PASSWORD}\n`)).toMatchObject({ status: 0 });
    expect(await run(setUpWords(data), `${PASSWORD}\n`)).toMatchObject({
      status: 1,
      errors: "This site is already set up.\n",
    });
    {
      await using server = await serve(data);
      const anna = new TestBrowser(server.url);
      await anna.signIn("login", "anna", PASSWORD);
      const second = await run(["serve", "--data", data, "--listen", "127.0.0.1:0"]);
      expect(second).toMatchObject({ status: 1, errors: expect.stringContaining("already serves") });
      const words = ["reset-password", "--data", data, "--user", "anna", "--password-stdin"];
      expect(await run(words, "another horse battery")).toMatchObject({ status: 0 });
      expect(await anna.refusal("GET", "/api/login/account")).toMatchObject({ status: 401 });
      await anna.signIn("login", "anna", "another horse battery");
      expect(await run(["doctor", "--data", data])).toMatchObject({ status: 0 });
      expect(await server.end()).toBe(0);
    }
    await using again = await serve(data);
    expect((await new TestBrowser(again.url).request("GET", "/api/site")).status).toBe(200);
  });

  test("a site may be set up by the command while it serves", async () => {
    using directory = temporaryDirectory();
    const data = join(directory.path, "data");
    await using server = await serve(data);
    const anna = new TestBrowser(server.url);
    expect(await anna.json("GET", "/api/site")).toMatchObject({ isSetUp: false });
    expect(await run([...setUpWords(data), "--enable-console", "--site-name", "Northmoor"], PASSWORD)).toMatchObject({
      status: 0,
    });
    expect(await anna.json("GET", "/api/site")).toMatchObject({
      isSetUp: true,
      siteName: "Northmoor",
      isConsoleEnabled: true,
    });
    await anna.signIn("console", "anna", PASSWORD);
    expect(await anna.refusal("POST", "/api/set-up", { body: {} })).toEqual({ status: 404, code: "not_found" });
  });

  test("a killed server leaves nothing that keeps the next from serving, and loses no sign-in and no audit row", async () => {
    using directory = temporaryDirectory();
    const data = join(directory.path, "data");
    await run(setUpWords(data), PASSWORD);
    let cookie: string;
    {
      await using server = await serve(data);
      const anna = new TestBrowser(server.url);
      await anna.signIn("login", "anna", PASSWORD);
      cookie = anna.cookie;
      await server.end("SIGKILL");
    }
    await using again = await serve(data);
    const browser = new TestBrowser(again.url);
    expect(await browser.refusal("GET", "/api/login/account", { headers: { cookie } })).toMatchObject({ status: 200 });
    expect(await run(["doctor", "--data", data])).toMatchObject({ status: 0 });
  });

  test("the doctor says what is wrong, in words, and ends with 1", async () => {
    using directory = temporaryDirectory();
    const data = join(directory.path, "data");
    await run(setUpWords(data), PASSWORD);
    {
      using raw = new Sqlite(join(data, DATABASE_FILE));
      raw.run("update audit_events set actor_name = 'mallory' where sequence = 1");
      raw.run("update settings set value = '\"elsewhere.example\"' where name = 'hostname'");
    }
    const { status, output } = await run(["doctor", "--data", data]);
    expect(status).toBe(1);
    expect(output).toContain("WRONG Row 1 of the audit log was altered.");
    expect(output).toContain("WRONG The certificate does not name this site's hostname.");
    expect(output).toContain("ok    The database is sound.");
  });

  test("what is typed wrongly is refused with the usage, and nothing is made", async () => {
    using directory = temporaryDirectory();
    const data = join(directory.path, "data");
    const cases: [string[], string][] = [
      [["fly"], "There is no command fly."],
      [["serve", "--data", data], "--listen is missing."],
      [["serve", "--data", data, "--listen", "8443"], "ADDRESS:PORT"],
      [["doctor", "--data", data], "holds no data"],
      [["reset-password", "--data", data, "--user", "anna", "--password-stdin"], "holds no data"],
      [[...setUpWords(data), "--force"], "There is no option --force."],
      [setUpWords(data), "The password on standard input"],
    ];
    for (const [words, message] of cases)
      expect(await run(words)).toMatchObject({ status: 2, errors: expect.stringContaining(message) });
    expect(existsSync(data)).toBe(false);
  });

  test("NA40 data that a newer release made its own are refused in a sentence by every command, are left as they are, and can be backed up", async () => {
    using directory = temporaryDirectory();
    const data = join(directory.path, "data");
    await run(setUpWords(data), PASSWORD);
    const file = join(data, DATABASE_FILE);
    {
      using raw = new Sqlite(file);
      raw.run("insert into kysely_migration (name, timestamp) values ('9999-of-tomorrow', '2030-01-01')");
      raw.run("update schema_floor set migration = '9999-of-tomorrow'");
      raw.run("update settings set value = '\"9.4.0\"' where name = 'programVersion'");
    }
    const before = contentOf(file);
    const errors =
      "The data belong to a newer release of Causeway: 9.4.0 ran here last. This release cannot read them, and has changed " +
      "nothing. Keep them. Run 9.4.0 or a newer one, or restore a backup that was taken before the upgrade.\n";
    const refused = [
      ["serve", "--data", data, "--listen", "127.0.0.1:0"],
      ["doctor", "--data", data],
      ["reset-password", "--data", data, "--user", "anna", "--password-stdin"],
    ];
    for (const words of refused)
      expect(await run(words, "another horse battery")).toEqual({ status: 78, output: "", errors });
    expect(contentOf(file)).toEqual(before);
    const out = join(directory.path, "kept.backup");
    const kept = await run(["backup", "--data", data, "--out", out, "--passphrase-stdin"], "correct horse battery");
    expect(kept).toMatchObject({ status: 0, errors: "" });
    // The backup is theirs, too: this release says so before it puts it in anybody's place.
    const elsewhere = ["restore", "--data", join(directory.path, "other"), "--file", out, "--passphrase-stdin"];
    const restored = await run(elsewhere, "correct horse battery");
    expect(restored.status).toBe(1);
    expect(restored.errors).toContain("9.4.0 ran here last");
    expect(restored.errors).not.toContain("    at ");
  });

  test("a port that is taken is refused in words", async () => {
    using directory = temporaryDirectory();
    await using first = await serve(join(directory.path, "one"));
    const listen = new URL(first.url).host;
    const second = await run(["serve", "--data", join(directory.path, "two"), "--listen", listen]);
    expect(second).toMatchObject({ status: 1, errors: expect.stringContaining(`${listen} is taken`) });
  });

  test("help lists every command; version names the release", async () => {
    const { output } = await run(["help"]);
    for (const name of ["serve", "setup", "reset-password", "doctor", "create-installer", "version"])
      expect(output).toContain(`  ${name}`);
    expect((await run(["version"])).output).toMatch(/^causeway \S+\n$/u);
    expect((await run([])).output).toBe(output);
  });
});
