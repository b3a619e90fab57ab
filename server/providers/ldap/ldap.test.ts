import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { Attribute, Change } from "ldapts";
import type { Provider, TestResult } from "../../../protocol/api/providers.ts";
import { systemClock } from "../../clock.ts";
import { insertGroupPolicy } from "../../test/peers/group-policy.ts";
import { LDAP_ADMIN, LDAP_PEOPLE, personDn, type Slapd, startSlapd } from "../../test/peers/slapd.ts";
import { freePort } from "../../test/peers/simple-saml-php.ts";
import type { TestBrowser } from "../../test/test-browser.ts";
import { ADMINISTRATOR, noRooms, PASSWORD, startTestServer, type TestServer } from "../../test/test-server.ts";

describe("LDAP with slapd", () => {
  let directory: Slapd;
  let site: TestServer;
  let admin: TestBrowser;
  let provider: Provider;

  const config = (changes: Record<string, unknown> = {}) => ({
    kind: "ldap",
    urls: [directory.url],
    startTls: false,
    certificateAuthority: "",
    bindDn: LDAP_ADMIN.dn,
    userBaseDn: "ou=people,dc=example,dc=com",
    usernameAttribute: "uid",
    groupBaseDn: "",
    timeoutSeconds: 2,
    ...changes,
  });

  beforeAll(async () => {
    directory = await startSlapd();
    site = await startTestServer({ clock: systemClock, openRooms: noRooms });
    admin = await site.administrator();
    provider = await admin.json<Provider>("POST", "/api/login/providers", {
      name: "Directory",
      isEnabled: true,
      config: config(),
      emailDomains: [],
      mapping: {
        attributes: { username: "uid", displayName: "cn", email: "mail", groups: "memberOf" },
        createsAccounts: true,
        groupSync: "authoritative",
        groupRules: [],
      },
      secret: LDAP_ADMIN.password,
    });
  });
  afterAll(async () => {
    await site?.[Symbol.asyncDispose]();
    await directory?.[Symbol.asyncDispose]();
  });

  const verify = (username: string, password: string, of: string | null = null) =>
    site.core.providers.directories.verifyPassword(username, password, of, "192.0.2.1");
  const change = async (changes: Record<string, unknown>): Promise<void> => {
    const { version } = await admin.json<Provider>("GET", `/api/login/providers/${provider.id}`);
    await admin.json("PATCH", `/api/login/providers/${provider.id}`, {
      ...{ version, config: config(changes) },
      secret: LDAP_ADMIN.password,
    });
  };
  const tryIt = (username: string, password: string) =>
    admin.json<TestResult>("POST", `/api/login/providers/${provider.id}/test-ldap`, { username, password });
  const externalGroups = () => site.core.database.queries.selectFrom("external_groups").selectAll().execute();

  test("the right password gives an account with its groups, one group as well as several", async () => {
    expect(await verify("carol", LDAP_PEOPLE.carol)).toMatchObject({
      provider: provider.id,
      username: "carol",
      displayName: "carol Example",
      groups: ["cn=support,ou=groups,dc=example,dc=com", "cn=admins,ou=groups,dc=example,dc=com"],
    });
    expect(await verify("dave", LDAP_PEOPLE.dave)).toMatchObject({
      groups: ["cn=support,ou=groups,dc=example,dc=com"],
    });
    expect(await externalGroups()).toHaveLength(3);
  });

  test("the sign-in page takes a directory's password like any other, and a disabled account comes in by none", async () => {
    const policy = await insertGroupPolicy(site.core, "Console", { "console.use": { value: true, isFinal: false } });
    const { version } = await admin.json<Provider>("GET", `/api/login/providers/${provider.id}`);
    const groupRules = [{ group: "cn=support,ou=groups,dc=example,dc=com", groupPolicies: [policy], teams: [] }];
    const mapping = { ...provider.mapping, groupRules };
    await admin.json("PATCH", `/api/login/providers/${provider.id}`, { version, mapping });
    const carol = site.browser();
    for (const area of ["login", "console"] as const) await carol.signIn(area, "carol", LDAP_PEOPLE.carol);
    expect(await carol.json("GET", "/api/console/account")).toMatchObject({ username: "carol" });
    const wrong = { body: { username: "carol", password: "wrong" } };
    expect(await site.browser().refusal("POST", "/api/login/sign-in", wrong)).toMatchObject({ code: "sign_in.failed" });
    const { queries } = site.core.database;
    await queries.updateTable("representatives").set({ is_disabled: 1 }).where("username", "=", "carol").execute();
    const right = { body: { username: "carol", password: LDAP_PEOPLE.carol } };
    expect(await site.browser().refusal("POST", "/api/login/sign-in", right)).toMatchObject({ code: "sign_in.failed" });
    await queries.updateTable("representatives").set({ is_disabled: 0 }).where("username", "=", "carol").execute();
  });

  test("a wrong password, an empty one and an unknown name are nobody", async () => {
    expect(await verify("carol", "wrong")).toBeNull();
    expect(await verify("carol", "")).toBeNull();
    expect(await verify("nobody", "x")).toBeNull();
    expect(await verify("", "x")).toBeNull();
  });

  test("a name is a value, never a filter", async () => {
    for (const name of ["*", "car*", "carol)(uid=*", "*)(objectClass=*", "carol\0", "\\2a"])
      expect(await verify(name, LDAP_PEOPLE.carol)).toBeNull();
    expect(await verify("star*", LDAP_PEOPLE["star*"])).toMatchObject({ username: "star*" });
    expect(await verify("par(en", LDAP_PEOPLE["par(en"])).toMatchObject({ username: "par(en" });
  });

  test("groups that are searched for instead of read from the entry", async () => {
    await change({ groupBaseDn: "ou=groups,dc=example,dc=com" });
    const { groups } = (await verify("carol", LDAP_PEOPLE.carol)) ?? {};
    expect([...(groups ?? [])].sort()).toEqual([
      "cn=admins,ou=groups,dc=example,dc=com",
      "cn=support,ou=groups,dc=example,dc=com",
    ]);
    await change({});
  });

  test("who is renamed keeps the account, by the entry's own id", async () => {
    const before = await verify("dave", LDAP_PEOPLE.dave);
    await directory.administer(async (client) => {
      const modification = new Attribute({ type: "uid", values: ["david"] });
      await client.modify(personDn("dave"), new Change({ operation: "replace", modification }));
    });
    const after = await verify("david", LDAP_PEOPLE.dave);
    expect(after).toMatchObject({ username: "david", externalId: before!.externalId });
    const users = await site.core.database.queries.selectFrom("representatives").select("username").execute();
    expect(users.map(({ username }) => username)).not.toContain("dave");
  });

  test("an account of ours is never taken over", async () => {
    await directory.administer((client) =>
      client.add(personDn(ADMINISTRATOR), {
        ...{ objectClass: ["inetOrgPerson"], cn: `${ADMINISTRATOR} Example`, sn: "x", uid: ADMINISTRATOR },
        userPassword: "other-password",
      }),
    );
    await expect(verify(ADMINISTRATOR, "other-password")).rejects.toMatchObject({ reason: "account.name_taken" });
  });

  test("over TLS the certificate has to be trusted", async () => {
    for (const tls of [{ urls: [directory.tlsUrl] }, { startTls: true }]) {
      await change(tls);
      expect(await tryIt("carol", LDAP_PEOPLE.carol)).toMatchObject({ state: "refused", code: "ldap.certificate" });
      await change({ ...tls, certificateAuthority: directory.certificate });
      expect(await tryIt("carol", LDAP_PEOPLE.carol)).toMatchObject({
        state: "succeeded",
        wouldBe: { username: "carol", isNew: false },
      });
    }
    await change({});
  });

  test("a directory that is down goes to the next address; a wrong bind password is told as such", async () => {
    await change({ urls: [`ldap://127.0.0.1:${freePort()}`, directory.url] });
    expect(await verify("carol", LDAP_PEOPLE.carol)).toMatchObject({ username: "carol" });
    await change({ urls: [`ldap://127.0.0.1:${freePort()}`] });
    await expect(verify("carol", LDAP_PEOPLE.carol)).rejects.toMatchObject({ reason: "provider.unreachable" });
    await change({ bindDn: "cn=nobody,dc=example,dc=com" });
    expect(await tryIt("carol", LDAP_PEOPLE.carol)).toMatchObject({ state: "refused", code: "ldap.bind" });
    await change({});
  });

  test("a directory that accepts and says nothing is given up, and keeps no local account waiting", async () => {
    using silent = Bun.listen({ hostname: "127.0.0.1", port: 0, socket: { data: () => undefined } });
    await change({ urls: [`ldap://127.0.0.1:${silent.port}`], timeoutSeconds: 1 });
    const startedMs = performance.now();
    const slow = verify("carol", LDAP_PEOPLE.carol).then(
      () => "answered",
      (error: { reason: string }) => error.reason,
    );
    await site.browser().signIn("login", ADMINISTRATOR, PASSWORD);
    expect(performance.now() - startedMs).toBeLessThan(900);
    expect(await slow).toBe("provider.unreachable");
    silent.stop(true);
    await change({});
  });
});
