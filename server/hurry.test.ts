/** Who may keep a connection waiting: nobody who has not signed in, and nobody before their body has come. */
import { expect, test } from "bun:test";
import { Type } from "@sinclair/typebox";
import { Nothing } from "../protocol/api/common.ts";
import type { Access } from "../protocol/permissions.ts";
import { createHttpApi } from "./http.ts";
import { route } from "./route.ts";
import { noRooms, startTestServer } from "./test/test-server.ts";

test("only what a signed-in person asked for outlasts the listener's idle time, and only while it is worked on", async () => {
  await using site = await startTestServer({ openRooms: noRooms });
  const heard: (boolean | "handled")[] = [];
  const handled = (): Record<string, never> => {
    heard.push("handled");
    return {};
  };
  const json = { body: Type.Object({}), response: Nothing } as const;
  const inJson = (path: string, access: Access) => route("POST", path, access, json, handled);
  const routes = [
    inJson("/api/login/open", "anyone"),
    inJson("/api/login/mine", "signed-in"),
    route("POST", "/api/login/public-stream", "anyone", {}, () => new Response(JSON.stringify(handled()))),
    route("POST", "/api/login/stream", "signed-in", {}, () => new Response(JSON.stringify(handled()))),
  ];
  const api = createHttpApi(routes, site.core);
  const ask = async (path: string, cookie: string, body = "{}"): Promise<(boolean | "handled")[]> => {
    heard.length = 0;
    const headers = { cookie, origin: "https://here", host: "here", "content-type": "application/json" };
    const request = new Request(`https://here/api/login/${path}`, { method: "POST", headers, body });
    await api(request, { address: "192.0.2.1", setHurried: (isHurried) => void heard.push(isHurried) });
    return [...heard];
  };
  const { cookie } = await site.administrator();
  expect(await ask("open", "")).toEqual([true, "handled", true]);
  expect(await ask("public-stream", "")).toEqual([true, "handled", true]);
  expect(await ask("mine", "")).toEqual([true]);
  expect(await ask("mine", cookie, "no json")).toEqual([true]);
  expect(await ask("mine", cookie)).toEqual([false, "handled", true]);
  expect(await ask("stream", cookie)).toEqual([false, "handled", false]);
});
