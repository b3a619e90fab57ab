import { expect, test } from "bun:test";
import { Network } from "./network.ts";

test("a network carries bytes, drops everybody when cut and carries again", async () => {
  using server = Bun.serve({ port: 0, hostname: "127.0.0.1", fetch: () => new Response("here") });
  await using network = await Network.open(server.port ?? 0);
  const ask = async (): Promise<string> =>
    (await fetch(`http://127.0.0.1:${network.port}/`, { keepalive: false })).text();
  expect(await ask()).toBe("here");
  network.cut();
  await expect(ask()).rejects.toThrow();
  network.restore();
  expect(await ask()).toBe("here");
});
