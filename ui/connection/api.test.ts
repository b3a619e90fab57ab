import { expect, test } from "bun:test";
import { Type } from "@sinclair/typebox";
import { AppError, type ErrorCode } from "../../protocol/errors.ts";
import { Api, inBackground } from "./api.ts";

const Greeting = Type.Object({ text: Type.String() });

/** A real server that answers each path with what is given. */
function serve(answers: Record<string, (request: Request) => Response | Promise<Response>>) {
  const server = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    fetch: (request) => answers[new URL(request.url).pathname]?.(request) ?? new Response("", { status: 404 }),
  });
  const api = new Api(`http://127.0.0.1:${server.port}`);
  return { api, [Symbol.asyncDispose]: () => server.stop(true) };
}

async function failureOf(promise: Promise<unknown>): Promise<AppError> {
  try {
    await promise;
  } catch (error) {
    if (error instanceof AppError) return error;
    throw error;
  }
  throw new Error("it did not fail");
}

const refusal = (code: ErrorCode, status: number): Response =>
  Response.json({ code, message: `because ${code}` }, { status });

test("an answer comes back in its shape, and a query says only what is asked", async () => {
  await using site = serve({ "/api/hello": (request) => Response.json({ text: new URL(request.url).search }) });
  const query = { search: "two words", offset: 0, tag: undefined, empty: "" };
  expect(await site.api.get("/api/hello", Greeting, { query })).toEqual({ text: "?search=two+words&offset=0" });
});

test("a body goes as JSON, and none goes as none", async () => {
  await using site = serve({
    "/api/hello": async (request) =>
      Response.json({ text: `${request.method} ${request.headers.get("content-type")} ${await request.text()}` }),
  });
  expect((await site.api.post("/api/hello", { a: 1 }, Greeting)).text).toBe('POST application/json {"a":1}');
  expect((await site.api.patch("/api/hello", { a: 2 }, Greeting)).text).toBe('PATCH application/json {"a":2}');
  expect((await site.api.put("/api/hello", undefined, Greeting)).text).toBe("PUT null ");
  expect((await site.api.delete("/api/hello", Greeting)).text).toBe("DELETE null ");
});

test("a refusal is thrown with the server's code and words", async () => {
  await using site = serve({ "/api/hello": () => refusal("sign_in.locked", 403) });
  const failure = await failureOf(site.api.get("/api/hello", Greeting));
  expect([failure.code, failure.message]).toEqual(["sign_in.locked", "because sign_in.locked"]);
});

test("B2 what a page asks by itself says so and is no use of the sign-in, everything else is", async () => {
  await using site = serve({
    "/api/hello": ({ headers }) => Response.json({ text: String(headers.get("causeway-background")) }),
  });
  const { api } = site;
  api.lastRequestAtMs = 1;
  expect((await api.get("/api/hello", Greeting, inBackground)).text).toBe("1");
  expect((await api.post("/api/hello", { a: 1 }, Greeting, inBackground)).text).toBe("1");
  expect(api.lastRequestAtMs).toBe(1);
  expect((await api.get("/api/hello", Greeting, { isBackground: false })).text).toBe("null");
  expect(api.lastRequestAtMs).toBeGreaterThan(1);
  api.lastRequestAtMs = 1;
  expect((await api.post("/api/hello", { a: 1 }, Greeting)).text).toBe("null");
  expect(api.lastRequestAtMs).toBeGreaterThan(1);
});

test("that nobody is signed in any more is told to whoever listens, a wrong password is not", async () => {
  await using site = serve({
    "/api/gone": () => refusal("sign_in.required", 401),
    "/api/wrong": () => refusal("sign_in.failed", 401),
  });
  let told = 0;
  {
    using _listening = site.api.onSignInRequired(() => told++);
    await failureOf(site.api.get("/api/wrong", Greeting));
    expect(told).toBe(0);
    await failureOf(site.api.get("/api/gone", Greeting));
    expect(told).toBe(1);
  }
  await failureOf(site.api.get("/api/gone", Greeting));
  expect(told).toBe(1);
});

test.each([
  ["a page", () => new Response("<h1>502</h1>", { status: 502 }), "status 502"],
  ["an unknown code", () => Response.json({ code: "made.up", message: "x" }, { status: 400 }), "status 400"],
  ["another shape", () => Response.json({ text: 7 }), "Load the page again"],
  ["no JSON", () => new Response("{"), "Load the page again"],
])("%s instead of an answer becomes words for the person", async (_what, answer, words) => {
  await using site = serve({ "/api/hello": answer });
  const failure = await failureOf(site.api.get("/api/hello", Greeting));
  expect(failure.code).toBe("internal");
  expect(failure.message).toContain(words);
});

test("a server that is not there is told in words", async () => {
  const api = new Api("http://127.0.0.1:1");
  expect((await failureOf(api.get("/api/hello", Greeting))).message).toContain("cannot be reached");
});

test("a request taken back fails for whoever took it back and for nobody else", async () => {
  await using site = serve({ "/api/slow": () => new Promise<Response>(() => {}) });
  const abort = new AbortController();
  const asking = site.api.get("/api/slow", Greeting, { signal: abort.signal });
  abort.abort(new Error("not wanted any more"));
  await expect(asking).rejects.toThrow("not wanted any more");
});
