import { afterEach, describe, expect, test } from "bun:test";
import { AppError } from "../../../protocol/errors.ts";
import { makeSelfSigned } from "../self-signed.ts";
import { Authorization, Directory, Order, parseAnswer, parseProblem, refusalOf } from "./authority-answers.ts";
import { authorityFetch } from "./authority-fetch.ts";
import { retryAfterOf } from "./signed-requests.ts";

const servers: Bun.Server<undefined>[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) await server.stop(true);
});

/** What is said of an authority whose certificate was made at that moment and which answers like this. */
async function saidOf(made: Date, answer: () => Response): Promise<string> {
  const { chainPem, keyPem } = makeSelfSigned("localhost", made);
  const server = Bun.serve({ port: 0, hostname: "127.0.0.1", tls: { cert: chainPem, key: keyPem }, fetch: answer });
  servers.push(server);
  const ask = authorityFetch(chainPem, new AbortController().signal);
  return await ask(`https://localhost:${server.port}/dir`, { method: "GET" }).then(
    ({ text }) => text,
    (error: unknown) => (error instanceof AppError ? error.message : `not in words: ${String(error)}`),
  );
}

describe("what is asked of an authority", () => {
  test("with a clock that is years off, either way, it is the clock that is named", async () => {
    for (const made of [new Date("2015-01-01"), new Date("2045-01-01")])
      expect(await saidOf(made, () => new Response("x"))).toContain("Check the clock");
  });

  test("an endless answer and a way elsewhere are not followed", async () => {
    const now = new Date();
    const endless = (): Response =>
      new Response(new ReadableStream({ pull: (to) => to.enqueue(new Uint8Array(65_536)) }));
    expect(await saidOf(now, endless)).toContain("endless");
    expect(await saidOf(now, () => Response.redirect("https://localhost/elsewhere"))).toContain("does not answer");
    const ask = authorityFetch("", new AbortController().signal);
    for (const url of ["http://localhost/", "file:///etc/passwd", "nonsense"])
      await expect(ask(url, { method: "GET" })).rejects.toThrow("no https address");
  });
});

describe("what an authority answers", () => {
  test("whatever bytes come, they fit or are refused in words", () => {
    const good =
      '{"status":"valid","authorizations":["https://a/1"],"finalize":"https://a/2","newNonce":"https://a/3"}';
    for (let round = 0; round < 500; round += 1) {
      const bytes = Buffer.from(good);
      for (let flip = 0; flip < 3; flip += 1) bytes[Math.floor(Math.random() * bytes.length)] = Math.random() * 256;
      for (const shape of [Directory, Order, Authorization])
        try {
          parseAnswer(shape, bytes.toString("latin1"));
        } catch (error) {
          expect(error).toBeInstanceOf(AppError);
        }
      expect(refusalOf(parseProblem(bytes.toString("latin1"))).message).not.toBe("");
    }
  });

  test("its refusals say what to do, and its own words stay on one line of bounded length", () => {
    const detail = `Fetching\u001b[31m\nhttp://x ${"y".repeat(5000)}`;
    const refusal = refusalOf({ type: "urn:ietf:params:acme:error:connection", detail });
    expect(refusal.message).toStartWith("It could not reach this appliance on port 80.");
    expect(refusal.message.length).toBeLessThan(700);
    expect(refusal.message).not.toMatch(/\p{C}/u);
    expect(refusalOf({ type: "x:constructor" }).message).toBe("The authority refused.");
  });

  test("it may ask to be left alone for seconds or until a date, a week at most", () => {
    const after = (value: string): number | null =>
      retryAfterOf(new Headers({ "retry-after": value, date: "Sat, 21 Nov 2026 08:00:00 GMT" }));
    expect(after("120")).toBe(120_000);
    expect(after("Sat, 21 Nov 2026 09:00:00 GMT")).toBe(3_600_000);
    expect(after("999999999")).toBe(7 * 86_400_000);
    expect(after("Sat, 21 Nov 2020 09:00:00 GMT")).toBe(0);
    expect(after("soon")).toBeNull();
    expect(retryAfterOf(new Headers())).toBeNull();
  });
});
