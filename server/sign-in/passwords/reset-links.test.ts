/** Asking for a new password is bounded by itself and tells nothing; what a link does is tested with the e-mail. */
import { expect, test } from "bun:test";
import { openMailSink } from "../../test/mail-sink.ts";
import { addAccount, noRooms, PASSWORD, startTestServer } from "../../test/test-server.ts";

const minutes = 60_000;

async function withMail() {
  const site = await startTestServer({ openRooms: noRooms });
  const sink = await openMailSink();
  const anna = await site.administrator();
  const { version } = await anna.json<{ version: number }>("GET", "/api/login/email");
  const server = { host: "127.0.0.1", port: sink.port, encryption: "none", from: "support@northmoor.example" };
  await anna.json("PATCH", "/api/login/email", { version, ...server });
  const id = await addAccount(site.core, "rosa", "representative");
  const email = { email: "rosa@northmoor.example" };
  await site.core.database.queries.updateTable("representatives").set(email).where("id", "=", id).execute();
  const ask = (username: string) => site.browser().refusal("POST", "/api/login/reset-link", { body: { username } });
  const close = async () => {
    await sink[Symbol.asyncDispose]();
    await site[Symbol.asyncDispose]();
  };
  return { site, sink, ask, [Symbol.asyncDispose]: close };
}

test("a name gets three links, then one in twenty minutes, and the same goes for a name nobody has", async () => {
  await using room = await withMail();
  const { site, sink, ask } = room;
  const often = { status: 429, code: "sign_in.throttled" };
  const good = { status: 200, code: "" };
  for (const username of ["rosa", "nobody"]) {
    const answers = [await ask(username), await ask(username.toUpperCase()), await ask(username), await ask(username)];
    expect(answers).toEqual([good, good, good, often]);
  }
  for (let count = 0; count < 3; count += 1) await sink.next();
  site.clock!.advance(19 * minutes);
  expect([await ask("rosa"), await ask("nobody")]).toEqual([often, often]);
  site.clock!.advance(minutes);
  expect([await ask("rosa"), await ask("nobody")]).toEqual([good, good]);
  await sink.next();
  expect(sink.messages).toHaveLength(4);
});

test("asking for links takes no attempt to sign in away, and a network that asks for many names is slowed down", async () => {
  await using room = await withMail();
  const { site, ask } = room;
  const answers: string[] = [];
  for (let count = 0; count < 24; count += 1)
    answers.push((await ask(count % 8 === 0 ? "rosa" : `name-${count}`)).code);
  expect(answers.filter((code) => code === "sign_in.throttled")).toHaveLength(4);
  await site.browser().signIn("login", "rosa", PASSWORD);
  for (let count = 0; count < 19; count += 1) await ask("rosa");
  await site.browser().signIn("login", "rosa", PASSWORD);
});
