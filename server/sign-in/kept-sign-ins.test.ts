/** What is kept of sign-ins in memory never answers otherwise than the tables would. */
import { describe, expect, test } from "bun:test";
import { Database as Sqlite, SQLiteError } from "bun:sqlite";
import { join } from "node:path";
import type { Area } from "../../protocol/api/sign-in.ts";
import { type Actor, deciding } from "../actor.ts";
import { type Database, DATABASE_FILE, openDatabase, type Queries } from "../database/database.ts";
import { decide } from "../policy/decide.ts";
import { Chance, randomNumbers } from "../test/random-site.ts";
import { temporaryDirectory } from "../test/temporary-directory.ts";
import { addAccount, ADMINISTRATOR, noRooms, startTestServer, type TestServer } from "../test/test-server.ts";
import { readToken } from "./cookies.ts";
import { KeptSignIns } from "./kept-sign-ins.ts";
import { endOutsideSchedules } from "./schedule-end.ts";
import { SignIns } from "./sign-ins.ts";
import { hashToken, newToken } from "./token.ts";

const HERE = "127.0.0.1";
const why = { code: "sign_in.required", message: "Ended by the test." } as const;
const MOST_TOKENS = 8;
const start = () => startTestServer({ openRooms: noRooms });

/** The same database, of which nothing can be kept: somebody else seems to write all the time. */
function neverKept(database: Database): Database {
  let version = 0;
  const next = (): number => (version += 1);
  return { ...database, outsideVersion: next, watchWrites: () => next };
}

/** Another process at the same database: it waits for its turn without keeping this one from ending its own. */
class Outside implements Disposable {
  readonly #sqlite: Sqlite;
  constructor(directory: string) {
    this.#sqlite = new Sqlite(join(directory, DATABASE_FILE));
    this.#sqlite.run("pragma busy_timeout = 5");
  }

  async write(sql: string, ...values: (string | number)[]): Promise<void> {
    for (;;)
      try {
        this.#sqlite.run(sql, values);
        return;
      } catch (error) {
        if (!(error instanceof SQLiteError) || error.code !== "SQLITE_BUSY") throw error;
        await Bun.sleep(5);
      }
  }

  [Symbol.dispose](): void {
    this.#sqlite.close();
  }
}

/** A site with people who sign in, an administrator's hands, and a second process. */
class Scene {
  readonly tokens: { readonly token: string; readonly area: Area }[] = [];
  readonly #uncached: SignIns;
  #hands: Actor | null = null;
  private constructor(
    readonly site: TestServer,
    readonly outside: Outside,
    readonly people: readonly string[],
    readonly provider: string,
  ) {
    const { database, security, policyBook, clock, log } = site.core;
    this.#uncached = new SignIns(neverKept(database), security, policyBook, clock, log);
  }

  static async open(site: TestServer, outside: Outside): Promise<Scene> {
    const rosa = await addAccount(site.core, "rosa", "representative");
    const otto = await addAccount(site.core, "otto", "representative");
    const anna = await site.administrator();
    const config = {
      ...{ kind: "ldap", urls: ["ldap://127.0.0.1:1"], startTls: false, certificateAuthority: "", bindDn: "" },
      ...{ userBaseDn: "dc=example", usernameAttribute: "uid", groupBaseDn: "", timeoutSeconds: 1 },
    };
    const attributes = { username: "uid", displayName: "cn", email: "mail", groups: "" };
    const mapping = { attributes, createsAccounts: false, groupSync: "additive", groupRules: [] };
    const draft = { name: "Directory", isEnabled: true, config, emailDomains: [], mapping, secret: "x" };
    const { id } = await anna.json<{ id: string }>("POST", "/api/login/providers", draft);
    return new Scene(site, outside, [rosa, otto], id);
  }

  async signIn(chance: Chance): Promise<void> {
    const area: Area = chance.of(0.5) ? "login" : "console";
    const method = chance.of(0.3) ? this.provider : "password";
    const origin = { address: HERE, userAgent: "" };
    const proved = { representative: chance.pick(this.people), area, origin, method };
    const made = this.site.core.admission.admit(proved, async () => undefined);
    // Refused where the account or the place is closed at this moment.
    const token = await made.catch(() => null);
    if (token !== null) this.tokens.push({ token, area });
    if (this.tokens.length > MOST_TOKENS) this.tokens.shift();
  }

  /** What each token says, from memory and from the tables, in either order. */
  async answers(chance: Chance): Promise<{ readonly kept: unknown[]; readonly read: unknown[] }> {
    const [kept, read]: [unknown[], unknown[]] = [[], []];
    for (const { token, area } of this.tokens)
      for (const where of [area, area === "login" ? "console" : "login"] as const)
        for (const isKept of chance.of(0.5) ? [true, false] : [false, true])
          (isKept ? kept : read).push(await this.#answer(isKept, token, where));
    return { kept, read };
  }

  async #answer(isKept: boolean, token: string, area: Area): Promise<unknown> {
    const { core } = this.site;
    const signIns = isKept ? core.signIns : this.#uncached;
    const found = await signIns.find(token, area, HERE).catch((error: Error) => error.message);
    if (found === null || typeof found === "string") return found;
    const [policies, now, permission] = [core.policyBook.current(), core.clock.now(), "signed-in"] as const;
    const { outcome } = decide({ actor: deciding(found.actor), jumpItem: null, permission, policies, now });
    return { ...found, outcome };
  }

  /** An administrator's hands, with a sign-in that stands at this moment. */
  async hands(): Promise<Actor> {
    const { database, admission, signIns } = this.site.core;
    const before = this.#hands === null ? null : await signIns.findBySignIn(this.#hands.signIn, "login", HERE);
    if (before !== null) return before.actor;
    const query = database.queries.selectFrom("representatives").select("id").where("username", "=", ADMINISTRATOR);
    const { id: representative } = await query.executeTakeFirstOrThrow();
    const proved = {
      representative,
      area: "login",
      origin: { address: HERE, userAgent: "" },
      method: "passkey",
    } as const;
    const token = await admission.admit(proved, async () => undefined);
    this.#hands = (await signIns.find(token, "login", HERE))!.actor;
    return this.#hands;
  }

  touch(signIn: string): void {
    this.site.core.signIns.touch(signIn);
    this.#uncached.touch(signIn);
  }
}

type Deed = (scene: Scene, chance: Chance) => Promise<unknown>;

async function patchUser(scene: Scene, chance: Chance, changes: object): Promise<void> {
  await patch(scene, chance.pick(scene.people), changes);
}

async function patch(scene: Scene, id: string, changes: object): Promise<void> {
  const { site } = scene;
  const actor = await scene.hands();
  const row = site.core.database.queries.selectFrom("representatives").select("version").where("id", "=", id);
  const { version } = await row.executeTakeFirstOrThrow();
  await site.core.representatives.change(actor, id, { version, ...changes });
}

async function changeSecurity(scene: Scene, changes: object): Promise<void> {
  const { security, securityChanges } = scene.site.core;
  const actor = await scene.hands();
  await securityChanges.change(actor, { version: security.current().version, ...changes });
}

/** Everybody may come in again, and some do. */
async function openAll(scene: Scene, chance: Chance): Promise<void> {
  await changeSecurity(scene, { networks: { login: [], console: [], api: [] }, idleSignOutMinutes: 60 });
  for (const id of scene.people)
    await patch(scene, id, { isDisabled: false, expiresAt: null, settings: { "console.use": true } });
  for (let count = 0; count < 4; count += 1) await scene.signIn(chance);
}

const never = { timeZone: "UTC", windows: [] };
const deeds: Readonly<Record<string, Deed>> = {
  "sign in": (scene, chance) => scene.signIn(chance),
  "one ends": async ({ site, tokens }, chance) =>
    tokens.length > 0 && (await site.core.signIns.end({ signIn: hashToken(chance.pick(tokens).token) }, why)),
  "all of one end": ({ site, people }, chance) => site.core.signIns.end({ representative: chance.pick(people) }, why),
  "disabled or not": (scene, chance) => patchUser(scene, chance, { isDisabled: chance.of(0.5) }),
  renamed: (scene, chance) => patchUser(scene, chance, { displayName: `Name ${chance.below(1000)}` }),
  "own settings": (scene, chance) => {
    const schedule = chance.of(0.3) ? { signInSchedule: never } : {};
    return patchUser(scene, chance, {
      settings: { "console.use": true, idleSignOutMinutes: 5 + chance.below(90), ...schedule },
    });
  },
  "end of the account": (scene, chance) => {
    const end = scene.site.clock!.now().getTime() + (chance.below(120) - 20) * 60_000;
    return patchUser(scene, chance, { expiresAt: chance.of(0.4) ? null : new Date(end).toISOString() });
  },
  "new password": async ({ site }) => await site.core.representatives.resetPassword("rosa", newToken()),
  "idle and hours": (scene, chance) =>
    changeSecurity(scene, { idleSignOutMinutes: 5 + chance.below(200), signInHours: 1 + chance.below(23) }),
  networks: (scene, chance) =>
    changeSecurity(scene, { networks: { login: [], console: chance.of(0.5) ? ["203.0.113.0/24"] : [], api: [] } }),
  "console switched": async ({ site }, chance) => {
    const isConsoleEnabled = chance.of(0.7);
    await site.core.database.transaction((tx) => site.core.settings.change(tx, { isConsoleEnabled }));
    await site.core.policyBook.changed();
  },
  "provider switched": async (scene, chance) => {
    const { providers } = scene.site.core.providers;
    const { version } = await providers.get(scene.provider);
    await providers.change(await scene.hands(), scene.provider, { version, isEnabled: chance.of(0.5) });
  },
  "time goes on": async ({ site }, chance) => site.clock!.advance(chance.below(30 * 60_000)),
  "a socket is used": async (scene, chance) =>
    scene.tokens.length > 0 && scene.touch(hashToken(chance.pick(scene.tokens).token)),
  sweep: ({ site }) => site.core.signIns.sweep(),
  "schedules end": ({ site: { core } }) => endOutsideSchedules(core.policyBook, core.signIns, core.clock),
  "undone transaction": async ({ site }) => {
    const work = site.core.database.transaction(async (tx) => {
      await tx.deleteFrom("sign_ins").execute();
      throw new Error("undone");
    });
    await work.catch(String);
  },
};
/** One at a time, so that nothing else makes what is kept be forgotten. */
const deedsOutside: Readonly<Record<string, Deed>> = {
  "another process ends one": async ({ outside, tokens }, chance) =>
    tokens.length > 0 &&
    (await outside.write("delete from sign_ins where token_hash = ?", hashToken(chance.pick(tokens).token))),
  "another process takes one away and gives it back": async ({ outside, tokens }, chance) => {
    if (tokens.length === 0) return;
    const tokenHash = hashToken(chance.pick(tokens).token);
    await outside.write("create table kept as select * from sign_ins where token_hash = ?", tokenHash);
    await outside.write("delete from sign_ins where token_hash = ?", tokenHash);
    await outside.write("insert into sign_ins select * from kept");
    await outside.write("drop table kept");
  },
  "another process disables": ({ outside, people }, chance) =>
    outside.write("update representatives set is_disabled = ? where id = ?", chance.below(2), chance.pick(people)),
};
const isActor = (answer: unknown): boolean => typeof answer === "object" && answer !== null;

/** Does several things at once and looks meanwhile; what was refused is part of the scene. */
async function doAtOnce(scene: Scene, chance: Chance): Promise<string[]> {
  if (chance.of(0.3)) {
    const name = chance.pick(Object.keys(deedsOutside));
    await deedsOutside[name]!(scene, chance);
    return [name];
  }
  const chosen = Array.from({ length: 1 + chance.below(3) }, () => chance.pick(Object.keys(deeds)));
  const done = Promise.allSettled(chosen.map((name) => deeds[name]!(scene, chance)));
  if (chance.of(0.7)) await scene.answers(chance);
  await done;
  return chosen;
}

describe("sign-ins kept in memory", () => {
  for (const seed of [1, 2, 3])
    test(`NA38 they answer as the tables do, whatever is done at once (${seed})`, async () => {
      await using site = await start();
      using outside = new Outside(site.directory);
      const scene = await Scene.open(site, outside);
      const chance = new Chance(randomNumbers(seed));
      const history: string[] = [];
      let found = 0;
      for (let step = 0; step < 40; step += 1) {
        if (!(await scene.answers(chance)).kept.some(isActor)) await openAll(scene, chance);
        history.push(...(await doAtOnce(scene, chance)));
        const { kept, read } = await scene.answers(chance);
        expect({ history, answers: kept }).toEqual({ history, answers: read });
        found += kept.filter(isActor).length;
      }
      expect(found).toBeGreaterThan(40);
    });

  test("NA38 who looks while it is written sees the old state or the new one, never the old after the new", async () => {
    await using site = await start();
    const { database } = site.core;
    const { signIn, id, kept } = await oneSignIn(site);
    let [written, seen] = [0, 0];
    const write = async (number: number): Promise<void> => {
      const set = (queries: Queries, name: string) =>
        queries.updateTable("representatives").set({ display_name: name }).where("id", "=", id).execute();
      const undone = database.transaction(async (tx) => {
        await set(tx, "undone");
        throw new Error("undone");
      });
      if (number % 3 === 0) await undone.catch(String);
      else await undone.catch(() => database.transaction((tx) => set(tx, String(number))));
      if (number % 3 !== 0) written = number;
    };
    const look = async (): Promise<void> => {
      const least = Math.max(written, seen);
      const name = Number((await kept.find(signIn, "login"))?.displayName);
      expect(name).toBeGreaterThanOrEqual(least);
      seen = Math.max(seen, name);
    };
    await write(1);
    for (let number = 2; number < 40; number += 1) {
      const writing = write(number);
      const looks: Promise<void>[] = [];
      for (let count = 0; count < 8; count += 1) {
        looks.push(look());
        await Promise.resolve();
      }
      await Promise.all([writing, ...looks]);
      await look();
    }
    expect(seen).toBe(38);
  });

  test("past ten thousand the one kept longest makes room, and an ended one is not kept", async () => {
    await using site = await start();
    const { database } = site.core;
    const { id, signIn } = await oneSignIn(site);
    const row = await database.queries.selectFrom("sign_ins").selectAll().where("token_hash", "=", signIn).execute();
    const others = Array.from({ length: 10_000 }, () => hashToken(newToken()));
    await database.transaction(async (tx) => {
      for (const token_hash of others)
        await tx
          .insertInto("sign_ins")
          .values({ ...row[0]!, token_hash, id: token_hash, representative: id })
          .execute();
    });
    const counted = countReads(database);
    const kept = new KeptSignIns(counted.database);
    const reads = async (one: string): Promise<number> => {
      const before = counted.reads();
      await kept.find(one, "login");
      return counted.reads() - before;
    };
    expect([await reads(signIn), await reads(signIn)]).toEqual([1, 0]);
    for (const other of others) await reads(other);
    expect([await reads(others[0]!), await reads(others.at(-1)!), await reads(signIn)]).toEqual([0, 0, 1]);
    const unknown = hashToken(newToken());
    expect([await reads(unknown), await reads(unknown)]).toEqual([1, 1]);
    await site.core.signIns.end({ signIn: others[5]! }, why);
    expect([await reads(others[5]!), await reads(others[5]!), await reads(signIn)]).toEqual([1, 1, 1]);
  });

  test("nothing changes the tables they come from but statements that name these tables", async () => {
    await using directory = temporaryDirectory();
    await using _ = await openDatabase(directory.path);
    using sqlite = new Sqlite(join(directory.path, DATABASE_FILE), { readonly: true });
    const tables = ["sign_ins", "representatives"];
    const parents = tables.flatMap((table) =>
      sqlite.query<{ table: string }, [string]>('select "table" from pragma_foreign_key_list(?)').all(table),
    );
    expect(parents).toEqual([{ table: "representatives" }]);
    expect(sqlite.query("select name from sqlite_master where type in ('trigger', 'view')").all()).toEqual([]);
  });
});

async function oneSignIn(site: TestServer) {
  const browser = await site.administrator("login");
  const signIn = hashToken(readToken(browser.cookie, "login")!);
  const { actor } = (await site.core.signIns.findBySignIn(signIn, "login", HERE))!;
  return { signIn, id: actor.id, kept: new KeptSignIns(site.core.database) };
}

/** A database that says how often it was asked through `queries`. */
function countReads(database: Database) {
  let count = 0;
  const plugin: Parameters<Queries["withPlugin"]>[0] = {
    transformQuery: ({ node }) => {
      count += 1;
      return node;
    },
    transformResult: async ({ result }) => result,
  };
  return { database: { ...database, queries: database.queries.withPlugin(plugin) }, reads: () => count };
}
