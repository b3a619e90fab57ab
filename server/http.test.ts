import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { brotliCompressSync } from "node:zlib";
import { Type } from "@sinclair/typebox";
import { AppError } from "../protocol/errors.ts";
import { route } from "./route.ts";
import { rawRequest } from "./test/raw-request.ts";
import { noRooms, PASSWORD, startTestServer, type TestServer } from "./test/test-server.ts";
import type { TestBrowser } from "./test/test-browser.ts";

/** Routes that show what the edge does around any handler. */
const routes = [
  route(
    "POST",
    "/api/login/echo/:id",
    "signed-in",
    {
      body: Type.Object({
        text: Type.String({ maxLength: 20 }),
        inner: Type.Optional(Type.Object({ n: Type.Integer() })),
      }),
      query: Type.Object({ count: Type.Optional(Type.Integer()), isLoud: Type.Optional(Type.Boolean()) }),
      response: Type.Object({ seen: Type.Unknown() }),
      maxBodyBytes: 1000,
    },
    ({ body, query, params }) => ({ seen: { body, query, params } }),
  ),
  route("GET", "/api/login/leak", "signed-in", { response: Type.Object({ name: Type.String() }) }, () => {
    const row = { name: "n", passwordHash: "h" };
    return row;
  }),
  route("GET", "/api/login/broken", "signed-in", { response: Type.Object({}) }, () => {
    throw new Error("secret inside");
  }),
  route("GET", "/api/login/full", "signed-in", { response: Type.Object({}) }, () => {
    throw Object.assign(new Error("database or disk is full"), { code: "SQLITE_FULL" });
  }),
  route("GET", "/api/login/refused", "signed-in", { response: Type.Object({}) }, () => {
    throw new AppError("file.no_space", "The disk is full.");
  }),
  route("GET", "/api/login/download", "signed-in", {}, () => new Response("bytes")),
  route("PUT", "/api/login/stream", "signed-in", {}, async ({ request }) => {
    let total = 0;
    for await (const part of request.body ?? []) total += part.length;
    return new Response(String(total));
  }),
];

let site: TestServer;
let anna: TestBrowser;
let assets: string;

beforeAll(async () => {
  assets = mkdtempSync(join(tmpdir(), "causeway-assets-"));
  writeFileSync(join(assets, "page"), "<!doctype html><title>Page</title>");
  writeFileSync(join(assets, "page.br"), brotliCompressSync("<!doctype html><title>Page</title>"));
  const encodings = { identity: join(assets, "page"), br: join(assets, "page.br") };
  const html = { type: "text/html; charset=utf-8", etag: "abc", isImmutable: false, encodings };
  const script = { ...html, type: "text/javascript; charset=utf-8", isImmutable: true };
  site = await startTestServer({
    openRooms: () => ({ ...noRooms(), routes }),
    assets: { "/": html, "/login": html, "/console": html, "/assets/a-1.js": script },
  });
  anna = await site.administrator("login", "console");
});
afterAll(async () => {
  await site[Symbol.asyncDispose]();
  rmSync(assets, { recursive: true });
});

describe("what is sent in", () => {
  const path = "/api/login/echo/x1?count=3&isLoud=true";

  test("a body and a query that fit arrive as their kinds", async () => {
    const answer = await anna.json("POST", path, { text: "hi", inner: { n: 1 } });
    const query = { count: 3, isLoud: true };
    expect(answer).toEqual({ seen: { body: { text: "hi", inner: { n: 1 } }, query, params: { id: "x1" } } });
  });

  test("unknown fields, wrong kinds and missing fields are refused, and what was sent is never repeated", async () => {
    const secret = "hunter2hunter2hunter2hunter2";
    const bodies = [
      {},
      { text: 1 },
      { text: secret },
      { text: "a", more: secret },
      { text: "a", inner: { n: 1, m: secret } },
      [],
      null,
    ];
    for (const body of [...bodies, secret, { text: "a", __proto__: { x: 1 }, constructor: secret }]) {
      const response = await anna.request("POST", path, { body });
      const text = await response.text();
      expect(response.status).toBe(400);
      expect(JSON.parse(text)).toMatchObject({ code: "request.invalid" });
      expect(text).not.toContain("hunter2");
    }
    for (const query of ["?count=three", "?unknown=1", "?count=1&count=2", "?__proto__=1"]) {
      const refusal = await anna.refusal("POST", `/api/login/echo/x${query}`, { body: { text: "a" } });
      expect(refusal).toEqual({ status: 400, code: "request.invalid" });
    }
  });

  test("NA2 a body that is not UTF-8, or not JSON, or not said to be JSON is refused", async () => {
    const json = { "content-type": "application/json" };
    const bytes = [
      [0x7b, 0x22, 0x74, 0x65, 0x78, 0x74, 0x22, 0x3a, 0x22, 0xc0, 0x27, 0x22, 0x7d],
      [0x7b, 0x22, 0x74, 0x65, 0x78, 0x74, 0x22, 0x3a, 0x22, 0xed, 0xa0, 0x80, 0x22, 0x7d],
      [0xff, 0xfe, 0x7b, 0x00],
      [],
    ];
    for (const raw of bytes)
      expect(await anna.refusal("POST", path, { raw: Uint8Array.from(raw), headers: json })).toMatchObject({
        status: 400,
      });
    for (const raw of ["{", '{"text":"a"}x', "undefined", "[".repeat(900)])
      expect(await anna.refusal("POST", path, { raw, headers: json })).toMatchObject({ status: 400 });
    const plain = { raw: '{"text":"a"}', headers: { "content-type": "text/plain" } };
    expect(await anna.refusal("POST", path, plain)).toMatchObject({ status: 400, code: "request.invalid" });
  });

  test("a body above the route's limit is refused, said or streamed", async () => {
    const headers = { "content-type": "application/json" };
    const large = JSON.stringify({ text: "a", inner: null }).padEnd(1001);
    expect(await anna.refusal("POST", path, { raw: large, headers })).toEqual({
      status: 413,
      code: "request.too_large",
    });
    const stream = new Blob([large]).stream();
    expect(await anna.refusal("POST", path, { raw: stream, headers })).toEqual({
      status: 413,
      code: "request.too_large",
    });
  });

  test("a handler without a body shape reads the request itself, whatever its type says", async () => {
    for (const type of ["application/octet-stream", "application/json", "multipart/form-data", "text/plain"]) {
      const raw = new Uint8Array(16 << 20);
      const response = await anna.request("PUT", "/api/login/stream", { raw, headers: { "content-type": type } });
      expect(await response.text()).toBe(String(raw.length));
    }
  });
});

describe("what is sent out", () => {
  test("NA18 an answer with a field its route does not promise never leaves the server", async () => {
    const response = await anna.request("GET", "/api/login/leak");
    expect(response.status).toBe(500);
    expect(await response.text()).not.toContain("passwordHash");
    expect(site.log.join("\n")).toContain("does not promise");
  });

  test("our own failures are logged and told without a word about their inside", async () => {
    const response = await anna.request("GET", "/api/login/broken");
    const text = await response.text();
    expect({ status: response.status, code: JSON.parse(text).code }).toEqual({ status: 500, code: "internal" });
    expect(text).not.toContain("secret inside");
    expect(site.log.join("\n")).toContain("secret inside");
  });

  test("a full disk and a refusal keep their codes", async () => {
    expect(await anna.refusal("GET", "/api/login/full")).toEqual({ status: 507, code: "storage.full" });
    expect(await anna.refusal("GET", "/api/login/refused")).toEqual({ status: 507, code: "file.no_space" });
  });

  test("NA5 every answer forbids sniffing, framing, referrers and scripts from elsewhere", async () => {
    for (const path of [
      "/",
      "/login",
      "/console/anything",
      "/assets/a-1.js",
      "/api/site",
      "/api/login/account",
      "/nowhere",
      "/gateway/agent",
      "/gateway/console",
    ]) {
      const { headers } = await anna.request("GET", path);
      expect(headers.get("x-content-type-options")).toBe("nosniff");
      expect(headers.get("referrer-policy")).toBe("no-referrer");
      expect(headers.get("cross-origin-opener-policy")).toBe("same-origin");
      expect(headers.get("strict-transport-security")).toBe("max-age=31536000");
      const policy = headers.get("content-security-policy") ?? "";
      expect(policy).toContain("default-src 'none'");
      expect(policy).toContain("frame-ancestors 'none'");
      expect(policy).not.toContain("unsafe");
    }
    expect((await anna.request("GET", "/api/site")).headers.get("cache-control")).toBe("no-store");
    const page = (await anna.request("GET", "/login")).headers.get("content-security-policy") ?? "";
    expect(page).toContain("require-trusted-types-for 'script'");
  });

  test("NA5 markup in an address or a name comes back neither as markup nor at all", async () => {
    const markup = "%3Cscript%3Ealert(1)%3C/script%3E".replaceAll("/", "%2F");
    for (const path of [`/${markup}`, `/api/${markup}`, `/login?x=${markup}`, `/api/site?${markup}`]) {
      const response = await anna.request("GET", path);
      expect(await response.text()).not.toContain("alert(1)");
    }
  });
});

describe("one spelling for every address", () => {
  /** How the corpus of NA7 and NA34 spells an address otherwise. */
  const disguises = (path: string): string[] => [
    `${path}/`,
    `${path}/x`,
    `${path}//`,
    `/${path}`,
    `//localhost${path}`,
    `${path};`,
    `${path};a=b`,
    `${path}%2f`,
    `${path}%2F..`,
    `${path}/.`,
    `${path}/..${path}`,
    `${path}%00`,
    `${path}%20`,
    `${path}.json`,
    `${path}\\`,
    path.replace("/api/", "/api//"),
    path.replace("/api/", "/%61pi/"),
    path.replace("/api/", "/api%2f"),
    path.replace("/api/", "/API/"),
    path.toUpperCase(),
    path.replace("s", "%73"),
    path.replace("s", "ſ"),
  ];

  test("NA34 no other spelling of a guarded address finds it, with or without a signed-in cookie", async () => {
    for (const path of ["/api/login/users", "/api/console/preferences", "/api/login/audit"])
      for (const spelling of disguises(path).filter((one) => one !== path)) {
        const cookie = `Cookie: ${anna.cookie}\r\nOrigin: ${site.url}\r\nSec-Fetch-Site: same-origin`;
        const answer = await rawRequest(site.port, `GET ${spelling} HTTP/1.1\r\n${cookie}`);
        expect({ spelling, status: answer.slice(0, 12) }).toEqual({
          spelling,
          status: expect.stringMatching(/^HTTP\/1\.1 40[04]$/u),
        });
      }
  });

  test("NA34 dot parts, which Bun resolves before we see an address, lead to the same guard", async () => {
    for (const path of [
      "/x/../api/login/users",
      "/./api/login/users",
      "/api/x/../login/users",
      "/api/console/../login/users",
    ]) {
      expect(await rawRequest(site.port, `GET ${path} HTTP/1.1\r\nOrigin: ${site.url}`)).toStartWith("HTTP/1.1 401");
      expect(await rawRequest(site.port, `GET ${path} HTTP/1.1`)).toStartWith("HTTP/1.1 403");
    }
    const setUp = "POST /api/x/../set-up HTTP/1.1\r\nContent-Length: 2\r\nContent-Type: application/json";
    expect(await rawRequest(site.port, `${setUp}\r\nOrigin: ${site.url}`, "{}")).toStartWith("HTTP/1.1 404");
  });

  test("NA34 an address that is spelt as it is answers", async () => {
    const cookie = `Cookie: ${anna.cookie}\r\nOrigin: ${site.url}`;
    expect(await rawRequest(site.port, `GET /api/login/users HTTP/1.1\r\n${cookie}`)).toStartWith("HTTP/1.1 200");
  });

  test("NA7 once the site is set up, set-up is not there: every spelling and method answers like any unknown address", async () => {
    const body = JSON.stringify({
      siteName: "Evil",
      hostname: "evil.example",
      username: "mallory",
      displayName: "Mallory",
      password: PASSWORD,
      isConsoleEnabled: true,
      certificate: null,
    });
    const unknown = await anna.request("POST", "/api/nowhere", {
      raw: body,
      headers: { "content-type": "application/json" },
    });
    const expected = await unknown.text();
    for (const spelling of ["/api/set-up", ...disguises("/api/set-up")])
      for (const method of ["POST", "PUT", "GET", "PATCH", "OPTIONS"]) {
        const head = `${method} ${spelling} HTTP/1.1\r\nOrigin: ${site.url}\r\nContent-Type: application/json\r\nContent-Length: ${body.length}`;
        const answer = await rawRequest(site.port, head, body);
        expect({ method, spelling, answer: answer.slice(0, 12) }).toEqual({
          method,
          spelling,
          answer: expect.stringMatching(/^HTTP\/1\.1 40[04]$/u),
        });
      }
    const direct = await anna.request("POST", "/api/set-up", {
      raw: body,
      headers: { "content-type": "application/json" },
    });
    expect({ status: direct.status, body: await direct.text() }).toEqual({ status: 404, body: expected });
    expect((await anna.json<{ users: unknown[] }>("GET", "/api/login/users")).users).toHaveLength(1);
  });

  test("NA10 addresses that climb out of a folder reach nothing", async () => {
    for (const climb of [
      "/../../etc/passwd",
      "/assets/../../etc/passwd",
      "/assets/..%2f..%2fetc/passwd",
      "/assets/%2e%2e/%2e%2e/x",
      "/login/..\\..\\x",
    ]) {
      const answer = await rawRequest(site.port, `GET ${climb} HTTP/1.1`);
      expect({ climb, status: answer.slice(0, 12) }).toEqual({ climb, status: "HTTP/1.1 404" });
      expect(answer).not.toContain("root:");
    }
  });
});

describe("who is asking", () => {
  test("a download may be opened by hand; an answer of the API may not", async () => {
    const headers = { origin: null, "sec-fetch-site": "none", "sec-fetch-mode": "navigate" };
    expect((await anna.request("GET", "/api/login/download", { headers })).status).toBe(200);
    expect(await anna.refusal("GET", "/api/login/users", { headers })).toMatchObject({
      code: "sign_in.foreign_origin",
    });
  });

  test("an Origin beside a Sec-Fetch-Site has to be ours too", async () => {
    const headers = { origin: "https://evil.example" };
    expect(await anna.refusal("GET", "/api/login/users", { headers })).toMatchObject({
      code: "sign_in.foreign_origin",
    });
  });

  test("NA11 a refused permission is written down; being nobody is not", async () => {
    const rosa = await site.representative("rosa");
    expect(await rosa.refusal("GET", "/api/login/users")).toEqual({ status: 403, code: "permission.denied" });
    await site.browser().refusal("GET", "/api/login/users");
    const { rows } = await anna.json<{ rows: unknown[] }>("GET", "/api/login/audit?action=permission.denied");
    expect(rows).toMatchObject([
      { actorName: "rosa", outcome: "denied", objectId: "GET /api/login/users", objectName: "users.view" },
    ]);
  });
});

describe("pages and their files", () => {
  test("LOGIN-06 /console, /login and views inside them give the page to anybody", async () => {
    for (const path of ["/", "/login", "/login/users", "/console", "/console/session/AAAA_-1"]) {
      const response = await site
        .browser()
        .request("GET", path, { headers: { origin: null, "sec-fetch-site": "none" } });
      expect(response.status).toBe(200);
      expect(response.headers.get("content-type")).toBe("text/html; charset=utf-8");
      expect(response.headers.get("cache-control")).toBe("no-cache");
    }
    for (const path of ["/loginx", "/login/a.js", "/console//", "/LOGIN", "/assets/missing.js", "/assets"])
      expect((await anna.request("GET", path)).status).toBe(404);
  });

  test("a file comes in the encoding asked for, once, and is asked for again only by its tag", async () => {
    const br = await rawRequest(site.port, "GET /assets/a-1.js HTTP/1.1\r\nAccept-Encoding: gzip, br;q=0.9");
    expect(br.toLowerCase()).toContain("content-encoding: br");
    expect(br.toLowerCase()).toContain("cache-control: public, max-age=31536000, immutable");
    const refused = await rawRequest(site.port, "GET /assets/a-1.js HTTP/1.1\r\nAccept-Encoding: br;q=0, zstd");
    expect(refused.toLowerCase()).not.toContain("content-encoding");
    const again = await rawRequest(
      site.port,
      'GET /login HTTP/1.1\r\nAccept-Encoding: br\r\nIf-None-Match: W/"x", "abc-br"',
    );
    expect(again).toStartWith("HTTP/1.1 304");
    const other = await rawRequest(
      site.port,
      'GET /login HTTP/1.1\r\nAccept-Encoding: br\r\nIf-None-Match: "abc-identity"',
    );
    expect(other).toStartWith("HTTP/1.1 200");
    expect((await anna.request("HEAD", "/login")).status).toBe(200);
    expect((await anna.request("POST", "/login", { body: {} })).status).toBe(405);
  });
});
