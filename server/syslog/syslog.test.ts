import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import type { Static } from "@sinclair/typebox";
import type { Syslog as SyslogShape, SyslogSettings } from "../../protocol/api/appliance/services.ts";
import { systemClock } from "../clock.ts";
import { applianceAdministrator } from "../test/appliance-administrator.ts";
import { type Rsyslogd, startRsyslogd } from "../test/peers/rsyslogd.ts";
import type { TestBrowser } from "../test/test-browser.ts";
import { startTestServer, type TestServer } from "../test/test-server.ts";

/** Tries again until it holds. @throws {Error} when it does not in time */
async function waitUntil(holds: () => boolean | Promise<boolean>, withinMs = 10_000): Promise<void> {
  for (const end = Date.now() + withinMs; !(await holds()); await Bun.sleep(50))
    if (Date.now() > end) throw new Error("this did not come about in time");
}

type Shown = Static<typeof SyslogShape>;
const PATH = "/api/appliance/syslog";

describe("syslog", () => {
  let [site, olga, receiver] = [null!, null!, null!] as [TestServer, TestBrowser, Rsyslogd];
  beforeAll(async () => {
    [site, receiver] = await Promise.all([startTestServer({ clock: systemClock }), startRsyslogd()]);
    olga = await applianceAdministrator(site);
  });
  afterAll(async () => {
    await site[Symbol.asyncDispose]();
    await receiver[Symbol.asyncDispose]();
  });

  const plain = (): SyslogSettings => ({
    ...{ isEnabled: true, host: "localhost", port: receiver.tcp, transport: "tcp", authorityPem: "" },
  });
  const use = (settings: SyslogSettings) => olga.json<Shown>("PUT", PATH, settings);
  const shown = () => olga.json<Shown>("GET", PATH);
  /** Something happens that the audit log tells of; its object's name. */
  async function happens(name: string): Promise<void> {
    const { core } = site;
    await core.database.transaction((tx) =>
      core.audit.record(tx, {
        ...{ action: "jump-group.created", outcome: "succeeded", actor: { kind: "system" } },
        object: { kind: "jump-group", id: name.slice(0, 20), name },
      }),
    );
  }
  const told = (text: string) => receiver.messages().filter((message) => message.text.includes(text));

  test.each(["tcp", "tls", "udp"] as const)("the audit log reaches rsyslog over %s as it grows", async (transport) => {
    const authorityPem = transport === "tls" ? receiver.certificate : "";
    await use({ ...plain(), transport, port: receiver[transport], authorityPem });
    await happens(`warehouse ${transport}`);
    await waitUntil(() => told(`warehouse ${transport}`).length > 0);
    expect(told(`warehouse ${transport}`)).toEqual([
      {
        ...{ facility: "audit", severity: "info", app: "causeway", id: "jump-group.created" },
        hostname: (await site.core.settings.read()).hostname,
        structured: expect.stringContaining(`object="warehouse ${transport}"`) as string,
        text: expect.stringContaining("succeeded") as string,
      },
    ]);
    expect(await shown()).toMatchObject({ waiting: 0, problem: "", lastSentAt: expect.any(String) as string });
  });

  test("no name ends a message, begins another or breaks out of its place", async () => {
    await use(plain());
    const names = [
      'a"] [x y="1"] <13>1 - - forged',
      "line\nbreak <110>1 2026 forged",
      "tab\there\u0000zero\u001b[31m",
      "日本の会社 \u{1f600}",
      "back\\slash]bracket",
    ];
    for (const name of names) await happens(name);
    await happens("the last of them");
    await waitUntil(() => told("the last of them").length > 0);
    const all = receiver.messages();
    expect(all.filter(({ app }) => app !== "causeway")).toEqual([]);
    const got = all.slice(-names.length - 1, -1);
    expect(got).toHaveLength(names.length);
    for (const { structured, id } of got) {
      expect(id).toBe("jump-group.created");
      expect(structured).toMatch(/^\[causeway@32473 sequence="\d+" .*\]$/u);
      expect(structured).not.toMatch(/[\u0000-\u001f]/u);
    }
    expect(got[3]!.structured).toContain("日本の会社 \u{1f600}");
  });

  test("a receiver that is away loses nothing: what it missed comes when it is back, in order", async () => {
    await use(plain());
    await happens("before");
    await waitUntil(() => told("before").length > 0);
    await receiver.stop();
    for (let i = 0; i < 450; i += 1) await happens(`missed-${i}.`);
    await waitUntil(async () => (await shown()).problem !== "", 20_000);
    const { waiting, problem } = await shown();
    expect(waiting).toBeGreaterThan(0);
    expect(problem).toContain("does not take syslog messages");
    await receiver.start();
    await waitUntil(() => told("missed-449.").length > 0, 60_000);
    // Over a connection that broke, rows may come twice: what counts is that each came, by its number.
    const first = Array.from({ length: 450 }, (_, i) =>
      receiver.messages().findIndex(({ text }) => text.includes(`missed-${i}.`)),
    );
    expect(first.filter((at) => at < 0)).toEqual([]);
    expect(first).toEqual(first.toSorted((a, b) => a - b));
    await waitUntil(async () => (await shown()).waiting === 0);
  }, 120_000);

  test("a test message is sent at once, and a receiver that is not there or not trusted is told in words", async () => {
    await use(plain());
    await olga.json("POST", `${PATH}/test`);
    await waitUntil(() => receiver.messages().some(({ id }) => id === "syslog.tested"));
    await use({ ...plain(), transport: "tls", port: receiver.tls });
    expect(await olga.refusal("POST", `${PATH}/test`)).toMatchObject({ code: "syslog.failed" });
    await use({ ...plain(), isEnabled: false, port: 1 });
    expect(await olga.refusal("POST", `${PATH}/test`)).toMatchObject({ code: "syslog.failed" });
  });

  test("who is no administrator of the appliance neither sees nor sets it, and what fits no shape is refused", async () => {
    for (const browser of [site.browser(), await site.administrator("login")]) {
      expect(await browser.refusal("GET", PATH)).toMatchObject({ status: 401 });
      expect(await browser.refusal("PUT", PATH, { body: plain() })).toMatchObject({ status: 401 });
    }
    for (const bad of [{ host: "" }, { host: "a b;reboot" }, { authorityPem: "no certificate" }, { port: 0 }]) {
      expect(await olga.refusal("PUT", PATH, { body: { ...plain(), ...bad } })).toMatchObject({
        code: "request.invalid",
      });
    }
  });
});
