import { expect, test } from "bun:test";
import { openDatabase } from "../database/database.ts";
import { defaultSettings, SiteSettings } from "../settings/settings.ts";
import { StoredSite } from "../test/stored-site.ts";
import { temporaryDirectory } from "../test/temporary-directory.ts";
import { openPolicyBook } from "./policy-book.ts";

test("an account is compiled once a version, and anew after a change", async () => {
  await using site = await StoredSite.open();
  const account = await site.account({ "users.view": true });
  const first = await site.policyBook.rightsOf(account);
  expect(await site.policyBook.rightsOf(account)).toBe(first);
  await site.setOwn(account, {});
  const { version } = site.policyBook.current();
  await site.policyBook.changed();
  expect(site.policyBook.current().version).toBe(version + 1);
  expect((await site.policyBook.rightsOf(account)).settings["users.view"].value).toBe(false);
});

test("accounts that changed are compiled anew without reading the site's policies again", async () => {
  await using site = await StoredSite.open();
  const account = await site.account({ "users.view": true });
  await site.policyBook.rightsOf(account);
  const { jumpGroups, version } = site.policyBook.current();
  await site.setOwn(account, {});
  let told = 0;
  using _listener = site.policyBook.onChanged(() => {
    told += 1;
  });
  site.policyBook.accountsChanged();
  const rights = await site.policyBook.rightsOf(account);
  expect([rights.settings["users.view"].value, rights.version, told]).toEqual([false, version + 1, 1]);
  expect(site.policyBook.current().jumpGroups).toBe(jumpGroups);
});

test("rights that were being worked out while something changed are known as the older ones", async () => {
  await using site = await StoredSite.open();
  const account = await site.account({ "users.view": true });
  await site.settle();
  const { version } = site.policyBook.current();
  const early = site.policyBook.rightsOf(account);
  await site.setOwn(account, {});
  site.policyBook.accountsChanged();
  const [before, after] = [await early, await site.policyBook.rightsOf(account)];
  expect([before.version, after.version]).toEqual([version, version + 1]);
  site.access.hold(after);
  site.access.hold(before);
  expect(before.settings["users.view"].value).toBe(true);
  expect(site.access.allows({ ...(await site.actor(account)), rights: before }, "users.view", null)).toBe(false);
});

test("a reading that fails is taken again", async () => {
  await using site = await StoredSite.open();
  const { queries } = site.database;
  await queries.insertInto("settings").values({ name: "jumpItems", value: "{" }).execute();
  const failure = await site.policyBook.changed().then(
    () => null,
    (error: unknown) => error,
  );
  expect(failure).toBeInstanceOf(SyntaxError);
  const id = await site.jumpGroup();
  await queries.deleteFrom("settings").where("name", "=", "jumpItems").execute();
  await site.policyBook.checkOutside();
  expect(site.policyBook.current().jumpGroups.has(id)).toBe(true);
});

test("there are no rights of an account that is not there", async () => {
  await using site = await StoredSite.open();
  const failure = await site.policyBook.rightsOf("A".repeat(22)).catch((error: unknown) => error);
  expect(failure).toMatchObject({ code: "not_found" });
});

test("many who change at once wait for readings that see their change, and share them", async () => {
  await using site = await StoredSite.open();
  let told = 0;
  using _listener = site.policyBook.onChanged(() => {
    told += 1;
  });
  await Promise.all(
    Array.from({ length: 20 }, async () => {
      const id = await site.jumpGroup();
      await site.policyBook.changed();
      expect(site.policyBook.current().jumpGroups.has(id)).toBe(true);
    }),
  );
  expect(told).toBeLessThan(20);
});

test("what another process changes is noticed", async () => {
  using directory = temporaryDirectory();
  await using ours = await openDatabase(directory.path);
  const book = await openPolicyBook(ours, new SiteSettings(ours.queries, defaultSettings("localhost")));
  const { version } = book.current();
  await book.checkOutside();
  expect(book.current().version).toBe(version);
  await using theirs = await openDatabase(directory.path);
  await theirs.queries.insertInto("settings").values({ name: "isConsoleEnabled", value: "true" }).execute();
  await book.checkOutside();
  expect(book.current().isConsoleEnabled).toBe(true);
});

test("a listener that is disposed is told nothing more", async () => {
  await using site = await StoredSite.open();
  let told = 0;
  const listener = site.policyBook.onChanged(() => {
    told += 1;
  });
  await site.settle();
  listener[Symbol.dispose]();
  await site.settle();
  expect(told).toBe(1);
});
