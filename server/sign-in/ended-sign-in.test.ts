/** What a request may still do whose sign-in ends while it is under way: nothing that would outlive it. */
import { expect, test } from "bun:test";
import type { Area } from "../../protocol/api/sign-in.ts";
import type { Actor } from "../actor.ts";
import { ADMINISTRATOR, noRooms, PASSWORD, startTestServer, type TestServer } from "../test/test-server.ts";
import { readToken } from "./cookies.ts";

const start = () => startTestServer({ openRooms: noRooms });
const why = { code: "sign_in.required", message: "Ended by the test." } as const;

async function actorIn(site: TestServer, area: Area): Promise<Actor> {
  const browser = await site.administrator(area);
  return (await site.core.signIns.find(readToken(browser.cookie, area)!, area, "127.0.0.1"))!.actor;
}

test("NA38 a password change that began before its sign-in was ended changes nothing", async () => {
  await using site = await start();
  const { passwords, signIns } = site.core;
  const actor = await actorIn(site, "login");
  const changing = passwords.changeOwn(actor, PASSWORD, "another horse battery").catch(String);
  await signIns.end({ representative: actor.id }, why);
  expect(await changing).toContain("This sign-in has ended");
  await site.browser().signIn("login", ADMINISTRATOR, PASSWORD);
});

test("NA38 an administrator who is signed out makes and changes no account any more", async () => {
  await using site = await start();
  const { representatives, signIns } = site.core;
  const actor = await actorIn(site, "login");
  const password = "another horse battery";
  const account = {
    username: "mallory",
    displayName: "Mallory",
    settings: { "site.administer": true },
    password,
  } as const;
  const tries = [
    representatives.create(actor, account),
    representatives.change(actor, actor.id, { version: 1, password }),
  ];
  const outcomes = Promise.all(tries.map((one) => one.then(() => "done", String)));
  await signIns.end({ representative: actor.id }, why);
  for (const outcome of await outcomes) expect(outcome).toContain("This sign-in has ended");
  const names = await site.core.database.queries.selectFrom("representatives").select("username").execute();
  expect(names).toEqual([{ username: ADMINISTRATOR }]);
});

test("NA38 a sign-in that has ended opens no console that would outlive it", async () => {
  await using site = await start();
  const actor = await actorIn(site, "login");
  const launch = site.server.routes.find(({ path }) => path === "/api/login/launch-console")!;
  await site.core.signIns.end({ signIn: actor.signIn }, why);
  const request = new Request(site.url);
  const headers = new Headers();
  const context = { request, params: {}, actor, address: "127.0.0.1", headers, body: undefined, query: undefined };
  expect(await Promise.resolve(launch.handle(context)).catch(String)).toContain("This sign-in has ended");
  expect(headers.has("set-cookie")).toBe(false);
});

test("NA13 one sign-in cannot take the places of everybody's socket tickets", async () => {
  await using site = await start();
  const greedy = await actorIn(site, "console");
  const modest = await actorIn(site, "console");
  const { socketTickets } = site.core;
  for (let count = 0; count < 64; count += 1) socketTickets.issue(greedy);
  expect(() => socketTickets.issue(greedy)).toThrow("Too many consoles connect");
  expect(await socketTickets.redeem(socketTickets.issue(modest))).toMatchObject({ signIn: modest.signIn });
  site.clock!.advance(30_000);
  expect(await socketTickets.redeem(socketTickets.issue(greedy))).toMatchObject({ signIn: greedy.signIn });
});
