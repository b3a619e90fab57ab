import { describe, expect, test } from "bun:test";
import { SignJWT } from "jose";
import { generateKeyPairSync, randomBytes } from "node:crypto";
import type { TicketClaims } from "../../protocol/hello.ts";
import { TestClock } from "../test/test-clock.ts";
import { generateSiteKey, openSiteKey } from "./site-key.ts";

const clock = new TestClock();
const inSeconds = (seconds: number): number => Math.floor(clock.now().getTime() / 1000) + seconds;
const claims = (change: Partial<TicketClaims> = {}): TicketClaims => ({
  sub: "agent",
  session: "session",
  lane: "bulk",
  jti: randomBytes(16).toString("base64url"),
  exp: inSeconds(60),
  ...change,
});
const makeKey = async () => await openSiteKey((await generateSiteKey()).privateJwk, clock);

describe("session tickets", () => {
  test("a ticket comes back as it was signed, until it runs out", async () => {
    const key = await makeKey();
    const wanted = claims();
    const ticket = await key.signTicket(wanted);
    expect(await key.verifyTicket(ticket)).toEqual(wanted);
    const late = await key.signTicket(claims({ exp: inSeconds(-1) }));
    await expect(key.verifyTicket(late)).rejects.toMatchObject({ code: "ticket.invalid" });
  });

  test("NA15 another site's ticket, another algorithm, no algorithm, or another kind of signature is refused", async () => {
    const key = await makeKey();
    const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
    const unsigned = [{ alg: "none", typ: "causeway-ticket" }, claims()]
      .map((part) => Buffer.from(JSON.stringify(part)).toString("base64url"))
      .join(".");
    const bundle = { siteId: "s", version: 1, issuedAt: "", keys: ["A".repeat(43)], roots: [] };
    const header = { alg: "HS256", typ: "causeway-ticket" };
    const forged = [
      await (await makeKey()).signTicket(claims()),
      await new SignJWT({ ...claims() }).setProtectedHeader({ ...header, alg: "RS256" }).sign(privateKey),
      await new SignJWT({ ...claims() }).setProtectedHeader(header).sign(Buffer.from(key.publicKey, "base64url")),
      `${unsigned}.`,
      await key.signBundle(bundle),
      await key.signBundle({ ...bundle, ...claims() }),
      "",
      "a.b.c",
    ];
    for (const ticket of forged)
      await expect(key.verifyTicket(ticket)).rejects.toMatchObject({ code: "ticket.invalid" });
  });

  test("claims that do not fit are refused although we signed them", async () => {
    const key = await makeKey();
    for (const odd of [{ lane: "video" }, { session: 1 }, { jti: undefined }, { exp: undefined }]) {
      const ticket = await key.signTicket({ ...claims(), ...odd } as TicketClaims);
      await expect(key.verifyTicket(ticket)).rejects.toMatchObject({ code: "ticket.invalid" });
    }
  });

  test("any changed character makes a ticket worthless", async () => {
    const key = await makeKey();
    const ticket = await key.signTicket(claims());
    // Not the last one, of which base64url uses two bits only.
    for (let index = 0; index < ticket.length - 1; index += 7) {
      const changed = ticket.slice(0, index) + (ticket[index] === "A" ? "B" : "A") + ticket.slice(index + 1);
      await expect(key.verifyTicket(changed)).rejects.toMatchObject({ code: "ticket.invalid" });
    }
  });
});
