import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { Secret, TOTP } from "otpauth";
import type { Area } from "../../protocol/api/sign-in.ts";
import { DATABASE_FILE } from "../database/database.ts";
import { applianceAdministrator } from "./appliance-administrator.ts";
import { makeForgeKeys } from "./peers/saml-forge.ts";
import { type MailSink, openMailSink } from "./mail-sink.ts";
import { temporaryDirectory } from "./temporary-directory.ts";
import type { TestBrowser } from "./test-browser.ts";
import { PASSWORD } from "./test-server.ts";
import { startTestSite, type TestSite } from "./test-site.ts";

const PROVIDERS = "/api/login/providers";
const MAIL_PASSWORD = "mail-secret-Zq81xW";
const CLIENT_SECRET = "client-secret-Yp72vK";
const BIND_PASSWORD = "bind-secret-Lm63tR";
const ROSAS_PASSWORD = "their-secret-Bd54nH horse";
const WRONG_PASSWORD = "wrong-secret-Gf45jS horse";

/** Every secret the API takes or gives out is made once; then an administrator reads everything there is to read. */
describe("NA9 NA18 NA25 no secret is shown again", () => {
  let site: TestSite;
  let anna: TestBrowser;
  let sink: MailSink;
  const secrets = new Map<string, string>();
  const ids = new Set<string>();

  beforeAll(async () => {
    sink = await openMailSink({ user: "causeway", pass: MAIL_PASSWORD });
    site = await startTestSite();
    anna = site.admin;
    const typed = { MAIL_PASSWORD, CLIENT_SECRET, BIND_PASSWORD, ROSAS_PASSWORD, WRONG_PASSWORD, PASSWORD };
    for (const [name, value] of Object.entries(typed)) secrets.set(name, value);
    for (const cookie of anna.cookie.split("; ")) secrets.set(cookie.split("=")[0]!, cookie.split("=")[1]!);
    await makeAccount();
    await makeProviders();
    await makeProgram();
    await makeProofs();
    await makeJumpItems();
  });
  afterAll(async () => {
    await site?.[Symbol.asyncDispose]();
    await sink?.[Symbol.asyncDispose]();
  });

  /** Keeps the id, for the addresses that are walked. */
  async function make<T extends object>(path: string, body: unknown): Promise<T & { id: string }> {
    const made = await anna.json<T & { id: string }>("POST", path, body);
    if (typeof made.id === "string") ids.add(made.id);
    return made;
  }

  async function makeAccount(): Promise<void> {
    const server = { host: "127.0.0.1", port: sink.port, encryption: "none", from: "support@northmoor.example" };
    const login = { username: "causeway", password: MAIL_PASSWORD };
    await anna.json("PATCH", "/api/login/email", { version: 1, ...server, ...login });
    const words = { username: "rosa", displayName: "Rosa", email: "rosa@northmoor.example", settings: {} };
    const { id } = await make("/api/login/users", { ...words, password: ROSAS_PASSWORD });
    await anna.json("POST", `/api/login/users/${id}/reset-link`);
    secrets.set("reset link", /reset-password#([A-Za-z0-9_-]{43})/u.exec(unfolded(await sink.next()))![1]!);
    for (const area of ["login", "console"] satisfies Area[])
      await site.server.browser().refusal("POST", `/api/${area}/sign-in`, {
        body: { username: "rosa", password: WRONG_PASSWORD },
      });
    const body = { currentPassword: WRONG_PASSWORD, newPassword: WRONG_PASSWORD };
    await anna.refusal("PUT", "/api/login/account/password", { body });
  }

  async function makeProviders(): Promise<void> {
    const draft = (name: string, config: object, secret?: string) => ({
      ...{ name, isEnabled: true, emailDomains: [], mapping, config },
      ...(secret === undefined ? {} : { secret }),
    });
    await make(PROVIDERS, draft("OIDC", oidc, CLIENT_SECRET));
    const directory = await make(PROVIDERS, draft("LDAP", ldap, BIND_PASSWORD));
    await anna.json("POST", `${PROVIDERS}/${directory.id}/test-ldap`, { username: "rosa", password: WRONG_PASSWORD });
    const { idp } = await makeForgeKeys();
    await make(PROVIDERS, draft("SAML", { ...saml, certificates: [idp.certificatePem] }));
    const scim = await make(PROVIDERS, draft("SCIM", { kind: "scim", signsInBy: null }));
    const { token } = await anna.json<{ token: string }>("POST", `${PROVIDERS}/${scim.id}/scim-token`);
    secrets.set("SCIM token", token);
    const { version } = await anna.json<{ version: number }>("GET", `${PROVIDERS}/${directory.id}`);
    await anna.json("PATCH", `${PROVIDERS}/${directory.id}`, { version, secret: `${BIND_PASSWORD} again` });
  }

  async function makeProgram(): Promise<void> {
    const asked = { name: "Reports", comments: "", scopes: ["users.view"], networks: [], expiresAt: null };
    type Made = { apiAccount: { id: string; clientId: string }; clientSecret: string };
    const { apiAccount, clientSecret } = await make<Made>("/api/login/api-accounts", asked);
    ids.add(apiAccount.id);
    secrets.set("API client secret", clientSecret);
    const fields = { grant_type: "client_credentials", client_id: apiAccount.clientId, client_secret: clientSecret };
    const issued = await site.server.browser().request("POST", "/api/oauth/token", {
      raw: new URLSearchParams(fields),
    });
    const { access_token: token } = (await issued.json()) as { access_token: string };
    secrets.set("API token", token);
    for (const wrong of [`${clientSecret}x`, token])
      await site.server.browser().request("POST", "/api/oauth/token", {
        raw: new URLSearchParams({ ...fields, client_secret: wrong }),
      });
  }

  async function makeProofs(): Promise<void> {
    const { secret } = await anna.json<{ secret: string }>("POST", "/api/login/account/authenticator-app");
    secrets.set("authenticator app", secret);
    await anna.refusal("PUT", "/api/login/account/authenticator-app", { body: { code: "000000" } });
    const totp = new TOTP({ secret: Secret.fromBase32(secret) });
    await anna.json("PUT", "/api/login/account/authenticator-app", { code: totp.generate() });
    const { codes } = await anna.json<{ codes: string[] }>("POST", "/api/login/account/recovery-codes");
    for (const [index, one] of codes.entries()) secrets.set(`recovery code ${index}`, one);
  }

  async function makeJumpItems(): Promise<void> {
    const { id, token } = await site.installer();
    ids.add(id);
    secrets.set("installer", token);
    ids.add(site.jumpGroup);
  }

  /** Everything an administrator may read, by the address it stands at. */
  async function readAll(): Promise<Map<string, string>> {
    const texts = new Map<string, string>();
    const read = async (path: string) => {
      const response = await anna.request("GET", path);
      texts.set(path, await response.text());
    };
    for (const { method, path } of site.server.server.routes) {
      if (method !== "GET" || isMadeToCarryIt(path)) continue;
      const query = path.endsWith("/export") || path.endsWith("/report") ? ["?format=json", "?format=csv"] : [""];
      const paths = path.includes("/:") ? [...ids].map((id) => path.replaceAll(/:[A-Za-z]+/gu, id)) : [path];
      for (const one of paths) for (const words of query) await read(one + words);
    }
    return texts;
  }

  test("NA9 NA18 NA25 no answer, no audit row, no export and no log line holds one", async () => {
    expect([...secrets.values()].every((secret) => secret.length >= 16)).toBe(true);
    const texts = await readAll();
    expect(texts.size).toBeGreaterThan(100);
    expect(texts.get("/api/login/users")).toContain("rosa");
    expect(texts.get("/api/login/audit/export?format=json")).toContain("api-token.refused");
    texts.set("log", site.server.log.join("\n"));
    for (const [where, text] of texts) {
      for (const [name, secret] of secrets)
        expect({ where, name, isShown: text.includes(secret) }).toEqual({ where, name, isShown: false });
      for (const sign of ["$argon2", "PRIVATE KEY", "otpauth:"])
        expect({ where, sign, isShown: text.includes(sign) }).toEqual({ where, sign, isShown: false });
    }
  }, 60_000);

  test("NA9 NA25 the appliance's support bundle and everything its administrators read holds none", async () => {
    const olga = await applianceAdministrator(site.server);
    const own = [olga.cookie.split("=")[1]!, PASSWORD, ...secrets.values()];
    const { secret } = await olga.json<{ secret: string }>("POST", "/api/appliance/account/authenticator-app");
    own.push(secret);
    for (const { method, path } of site.server.server.routes) {
      if (method !== "GET" || !path.startsWith("/api/appliance/") || path.includes("/:")) continue;
      const text = await (await olga.request("GET", path)).text();
      expect({ path, shown: own.filter((one) => text.includes(one)) }).toEqual({ path, shown: [] });
    }
    using scratch = temporaryDirectory();
    const archive = join(scratch.path, "bundle.tar.gz");
    const answer = await olga.request("GET", "/api/appliance/support-bundle");
    expect(answer.headers.get("content-disposition")).toMatch(/causeway-support-.+\.tar\.gz/u);
    await Bun.write(archive, await answer.arrayBuffer());
    const tar = Bun.spawnSync(["tar", "-xzf", archive, "-C", scratch.path, "--to-stdout"], { cwd: scratch.path });
    const text = tar.stdout.toString();
    expect(tar.exitCode).toBe(0);
    const told = ['"rosa"', '"parts"', "api-token.refused", "Northmoor"];
    expect(told.filter((word) => !text.includes(word))).toEqual([]);
    expect(own.filter((one) => text.includes(one))).toEqual([]);
    expect(["$argon2", "PRIVATE KEY", "otpauth:"].filter((sign) => text.includes(sign))).toEqual([]);
  }, 60_000);

  test("NA9 none of them lies in the database as it is", async () => {
    const file = `${site.server.directory}/${DATABASE_FILE}`;
    const read = async (path: string) =>
      (await Bun.file(path).exists()) ? await Bun.file(path).bytes() : new Uint8Array();
    const all = Buffer.concat([await read(file), await read(`${file}-wal`)]).toString("latin1");
    expect(all).toContain("rosa@northmoor.example");
    for (const [name, secret] of secrets)
      expect({ name, isThere: all.includes(secret) }).toEqual({ name, isThere: false });
    expect(all).not.toContain("PRIVATE KEY");
  });
});

/** What a download of the agent is for. */
const isMadeToCarryIt = (path: string): boolean => path.includes("/installers/:");

/** A message's text without what quoted-printable does to long lines. */
const unfolded = (message: string): string => message.replaceAll("=\r\n", "").replaceAll("=3D", "=");

const mapping = {
  attributes: { username: "", displayName: "", email: "", groups: "" },
  createsAccounts: true,
  groupSync: "additive",
  groupRules: [],
};
const oidc = {
  ...{ kind: "oidc", issuer: "https://id.northmoor.example", clientId: "causeway", scopes: "openid" },
  clockSkewSeconds: 60,
};
const ldap = {
  ...{ kind: "ldap", urls: ["ldap://127.0.0.1:9"], startTls: false, certificateAuthority: "" },
  ...{ bindDn: "cn=reader,dc=northmoor", userBaseDn: "dc=northmoor", usernameAttribute: "uid", groupBaseDn: "" },
  timeoutSeconds: 1,
};
const saml = {
  ...{ kind: "saml", entityId: "https://idp.northmoor.example", signInUrl: "https://idp.northmoor.example/sso" },
  ...{ signOutUrl: null, signsRequests: true, wantsEncryptedAssertions: false, allowsCbc: false },
  ...{ clockSkewSeconds: 60, allowsIdpInitiated: true },
};
