import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { systemClock } from "../../clock.ts";
import { EndlessRequest } from "../../test/peers/endless-request.ts";
import { ScimClient } from "../../test/peers/scim-client.ts";
import { noRooms, startTestServer, type TestServer } from "../../test/test-server.ts";

const MIB = 1 << 20;

describe("SCIM bodies that do not end", () => {
  let site: TestServer;
  let directory: ScimClient;
  beforeAll(async () => {
    site = await startTestServer({ clock: systemClock, openRooms: noRooms });
    directory = await ScimClient.open(site, await site.administrator(), "Directory");
  });
  afterAll(() => site?.[Symbol.asyncDispose]());

  const begin = (bearer: string, method = "POST", path = "/Users") =>
    EndlessRequest.open(site.port, method, `/scim/v2${path}`, {
      authorization: `Bearer ${bearer}`,
      "content-type": "application/scim+json",
    });

  test("without a right token the answer comes before the first byte of a body", async () => {
    for (const [method, path] of [
      ["POST", "/Users"],
      ["PUT", "/Users/x"],
      ["PATCH", "/Groups/x"],
    ] as const) {
      using request = await begin("A".repeat(43), method, path);
      expect(await request.status()).toBe(401);
    }
  });

  test("what nobody sends on and on is not kept", async () => {
    using request = await begin("");
    expect(await request.status()).toBe(401);
    Bun.gc(true);
    const before = process.memoryUsage().rss;
    await request.send(64 * MIB);
    Bun.gc(true);
    expect(process.memoryUsage().rss - before).toBeLessThan(32 * MIB);
  });

  test("with a right token a body ends at 1 MiB", async () => {
    using request = await begin(directory.bearer);
    await request.send(MIB - 1);
    expect(request.hasAnswer).toBe(false);
    await request.send(2);
    expect(await request.status()).toBe(413);
  });

  test("a token that is replaced while a body comes in holds no more at its end", async () => {
    using request = await begin(directory.bearer);
    await request.sendText('{"userName": "late"');
    await directory.renewToken();
    await request.sendText("}");
    await request.end();
    expect(await request.status()).toBe(401);
    const filter = encodeURIComponent('userName eq "late"');
    expect((await directory.ask("GET", `/Users?filter=${filter}`)).json).toMatchObject({ totalResults: 0 });
  });
});
