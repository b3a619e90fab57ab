import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import type { Static } from "@sinclair/typebox";
import type { Snmp } from "../../protocol/api/appliance/services.ts";
import { systemClock } from "../clock.ts";
import { applianceAdministrator } from "../test/appliance-administrator.ts";
import { lastAudit } from "../test/last-audit.ts";
import { askSnmp, proved, type SnmpAsker } from "../test/peers/net-snmp.ts";
import { openSystemHelperPeer } from "../test/peers/system-helper-peer.ts";
import type { TestBrowser } from "../test/test-browser.ts";
import { startTestServer, type TestServer } from "../test/test-server.ts";
import { ber, berInteger, berOctets, berSequence } from "./ber.ts";
import { FLAG, type Message, readMessage, writeMessage } from "./message.ts";

const PATH = "/api/appliance/snmp";
const SYSTEM = ".1.3.6.1.2.1.1";
const OURS = ".1.3.6.1.4.1.32473.1.2";
const keys = { authenticationKey: "a raven on the weir", privacyKey: "three herons in the reeds" };

/** The question that begins everything: unproved, to no engine, of nothing (RFC 3414, section 4). */
function whoIsThere(): Uint8Array {
  const none = new Uint8Array();
  const pdu = ber(0xa0, berInteger(1), berInteger(0), berInteger(0), berSequence());
  const clock = { engineId: none, engineBoots: 0, engineTime: 0, username: "", mac: none, salt: none };
  const scoped = berSequence(berOctets(none), berOctets(none), pdu);
  return writeMessage({ messageId: 1, maxSize: 65_507, flags: 4, ...clock, scoped }).packet;
}

/** Between an asker and us: passes everything on, and keeps what was asked. */
async function openWireTap(to: number): Promise<{ port: number; questions: readonly Uint8Array[] } & Disposable> {
  const questions: Uint8Array[] = [];
  let asking = 0;
  const tap = await Bun.udpSocket({
    hostname: "127.0.0.1",
    socket: {
      data(socket, packet, port) {
        if (port === to) return void socket.send(packet, asking, "127.0.0.1");
        asking = port;
        questions.push(Uint8Array.from(packet));
        socket.send(packet, to, "127.0.0.1");
      },
    },
  });
  return { port: tap.port, questions, [Symbol.dispose]: () => tap.close() };
}

/** What comes back for one packet, read as far as anybody can; "nothing": nothing within half a second. */
async function answerTo(packet: Uint8Array, to: number): Promise<Message | "nothing"> {
  const { promise, resolve } = Promise.withResolvers<Message | "nothing">();
  const socket = await Bun.udpSocket({
    hostname: "127.0.0.1",
    socket: {
      data(_, bytes) {
        const message = readMessage(Uint8Array.from(bytes));
        if (typeof message !== "string") resolve(message);
      },
    },
  });
  const timer = setTimeout(() => resolve("nothing"), 500);
  socket.send(packet, to, "127.0.0.1");
  const answer = await promise;
  clearTimeout(timer);
  socket.close();
  return answer;
}

/** One nobody listens on. */
async function freePort(): Promise<number> {
  const socket = await Bun.udpSocket({ hostname: "127.0.0.1" });
  const { port } = socket;
  socket.close();
  return port;
}

let site: TestServer;
let olga: TestBrowser;
let asker: SnmpAsker;
const settings = () => ({ isEnabled: true, port: asker.port, username: asker.username, networks: ["127.0.0.0/8"] });
const shown = () => olga.json<Static<typeof Snmp>>("GET", PATH);
beforeAll(async () => {
  site = await startTestServer({ clock: systemClock });
  olga = await applianceAdministrator(site);
  asker = { port: await freePort(), username: "watch", ...keys };
  await olga.json("PUT", PATH, { ...settings(), ...keys });
});
afterAll(() => site[Symbol.asyncDispose]());

describe("a monitoring system", () => {
  test("reads the system, the machine, its interfaces and the product by snmpget and snmpwalk", async () => {
    const { status, output } = await askSnmp("snmpwalk", proved(asker), asker.port, ".1.3");
    expect(status).toBe(0);
    expect(output).toContain(`${SYSTEM}.1.0 = STRING: "Causeway 0.0.0-test"`);
    expect(output).toContain(`${SYSTEM}.2.0 = OID: .1.3.6.1.4.1.32473.1.1`);
    expect(output).toContain(`${SYSTEM}.5.0 = STRING: "localhost"`);
    expect(output).toMatch(/\.1\.3\.6\.1\.2\.1\.2\.2\.1\.2\.\d+ = STRING: "lo"/u);
    expect(output).toMatch(/\.1\.3\.6\.1\.2\.1\.31\.1\.1\.1\.6\.\d+ = Counter64: \d+/u);
    expect(output).toMatch(/\.1\.3\.6\.1\.2\.1\.25\.2\.3\.1\.6\.2 = INTEGER: [1-9]\d*/u);
    expect(output).toMatch(/\.1\.3\.6\.1\.2\.1\.25\.3\.3\.1\.2\.1 = INTEGER: \d+/u);
    expect(output).toContain(`${OURS}.1.0 = STRING: "0.0.0-test"`);
    expect(output).toContain(`${OURS}.2.0 = INTEGER: 1`);
    expect(output).toContain(`${OURS}.3.0 = Gauge32: 0`);
    expect(output).toMatch(/32473\.1\.2\.5\.0 = INTEGER: [1-9]\d\d/u);
    expect(output).toContain(`${OURS}.6.0 = INTEGER: -1`);
    const absent = [`${OURS}.7.0`, `${SYSTEM}.5.7`, `${SYSTEM}.99.0`, ".1.9.9.0"];
    const one = await askSnmp("snmpget", proved(asker), asker.port, absent);
    expect(one.output.split("\n").slice(0, 4)).toEqual([
      `${OURS}.7.0 = INTEGER: 1`,
      `${SYSTEM}.5.7 = No Such Instance currently exists at this OID`,
      `${SYSTEM}.99.0 = No Such Object available on this agent at this OID`,
      ".1.9.9.0 = No Such Object available on this agent at this OID",
    ]);
    const bulk = await askSnmp("snmpbulkwalk", [...proved(asker), "-Cr50"], asker.port, ".1.3");
    const names = (text: string): string[] => text.split("\n").map((line) => line.split(" ")[0]!);
    expect(names(bulk.output)).toEqual(names(output));
    expect((await shown()).lastAnsweredAt).not.toBeNull();
  }, 30_000);

  test("writes nothing", async () => {
    const set = await askSnmp("snmpset", proved(asker), asker.port, [`${SYSTEM}.5.0`, "s", "mine"]);
    expect(set.status).not.toBe(0);
    expect(set.errors).toContain("noAccess");
    const { output } = await askSnmp("snmpget", proved(asker), asker.port, `${SYSTEM}.5.0`);
    expect(output).toContain('"localhost"');
  }, 30_000);

  test.each([
    ["version 1", ["-v1", "-c", "public"], "older-version"],
    ["version 2c", ["-v2c", "-c", "public"], "older-version"],
    ["version 3 without a proof", ["-v3", "-l", "noAuthNoPriv", "-u", "watch"], "not-encrypted"],
    [
      "version 3 in the clear",
      ["-v3", "-l", "authNoPriv", "-u", "watch", "-a", "SHA-256", "-A", keys.authenticationKey],
      "not-encrypted",
    ],
    ["a wrong authentication key", { authenticationKey: "another raven here" }, "wrong-key"],
    ["an unknown user", { username: "mallory" }, "unknown-user"],
    ["a wrong privacy key", { privacyKey: "four herons in the reeds" }, "wrong-key"],
    [
      "a context that is not there",
      [...proved({ ...keys, port: 0, username: "watch" }), "-n", "bridge"],
      "other-context",
    ],
  ] as const)("%s is not answered, and the page says who tried", async (_, how, why) => {
    const words = Array.isArray(how) ? (how as string[]) : proved({ ...asker, ...(how as Partial<SnmpAsker>) });
    const { status, output, errors } = await askSnmp("snmpget", words, asker.port, `${SYSTEM}.1.0`);
    expect(status).not.toBe(0);
    expect(output).not.toContain("Causeway");
    expect(errors).toMatch(/Timeout|No Response/u);
    expect((await shown()).lastRefused).toMatchObject({ from: "127.0.0.1", why });
  });
});

test("a flood of noise from its own address is not answered, and the monitoring system is answered again after it", async () => {
  const heard: number[] = [];
  const socket = await Bun.udpSocket({
    hostname: "127.0.0.1",
    socket: { data: (_, packet) => void heard.push(packet.length) },
  });
  try {
    // The shortest honest question for who we are, again and again: the answer is hardly longer, and few come.
    for (let round = 0; round < 100; round += 1) socket.send(whoIsThere(), asker.port, "127.0.0.1");
    for (let round = 0; round < 3000; round += 1)
      socket.send(crypto.getRandomValues(new Uint8Array(round % 200)), asker.port, "127.0.0.1");
    await Bun.sleep(1500);
    expect(heard.length).toBeGreaterThan(0);
    expect(heard.length).toBeLessThanOrEqual(40);
    expect(Math.max(0, ...heard)).toBeLessThan(140);
    expect((await askSnmp("snmpget", proved(asker), asker.port, `${SYSTEM}.1.0`)).output).toContain("Causeway");
  } finally {
    socket.close();
  }
}, 30_000);

test("an asker that does not wait for the answer troubles nobody", async () => {
  // The system says that nobody is there; unheard, that would be an error outside of everything, which fails this test.
  for (let round = 0; round < 5; round += 1) {
    const socket = await Bun.udpSocket({ hostname: "127.0.0.1" });
    socket.send(whoIsThere(), asker.port, "127.0.0.1");
    socket.close();
    await Bun.sleep(50);
  }
  expect((await askSnmp("snmpget", proved(asker), asker.port, `${SYSTEM}.1.0`)).output).toContain("Causeway");
}, 30_000);

test("a question that somebody heard is worth nothing after a restart: it is told the time, and reads nothing", async () => {
  using tap = await openWireTap(asker.port);
  expect((await askSnmp("snmpget", proved(asker), tap.port, `${SYSTEM}.1.0`)).output).toContain("Causeway");
  const heard = tap.questions.at(-1)!;
  const answered = await answerTo(heard, asker.port);
  if (answered === "nothing") throw new Error("the same question is answered at first");
  expect(answered.flags).toBe(FLAG.authenticated | FLAG.encrypted);
  await olga.json("PUT", PATH, settings());
  const told = await answerTo(heard, asker.port);
  if (told === "nothing") throw new Error("whoever has the key is told the time");
  expect(told.flags).toBe(FLAG.authenticated);
  expect(told.engineBoots).toBeGreaterThan(answered.engineBoots);
  expect(told.engineId).toEqual(answered.engineId);
}, 30_000);

test("changes at once all hold: nobody's key is lost, and the last of them is listened to", async () => {
  const other = { authenticationKey: "another raven on the weir", privacyKey: "four herons in the reeds" };
  const { authenticationKey, privacyKey } = other;
  const changes = [{ authenticationKey }, ...Array.from({ length: 5 }, () => ({ privacyKey }))];
  // So many connections stand open, so that the changes come together.
  await Promise.all(changes.map(() => shown()));
  await Promise.all(changes.map((change) => olga.json("PUT", PATH, { ...settings(), ...change })));
  expect((await askSnmp("snmpget", proved({ ...asker, ...other }), asker.port, `${SYSTEM}.1.0`)).status).toBe(0);
  expect((await shown()).problem).toBe("");
  await olga.json("PUT", PATH, { ...settings(), ...keys });
}, 30_000);

test("it is answered over IPv6, too", async () => {
  await olga.json("PUT", PATH, { ...settings(), networks: ["127.0.0.0/8", "::1"] });
  const { output } = await askSnmp("snmpget", proved(asker), asker.port, `${SYSTEM}.1.0`);
  expect(output).toContain("Causeway");
  const overSix = await askSnmp("snmpget", proved(asker), asker.port, `${SYSTEM}.1.0`, "udp6:[::1]");
  expect(overSix.output).toContain("Causeway");
}, 30_000);

describe("what is set up", () => {
  test("nobody outside the named networks hears anything", async () => {
    await olga.json("PUT", PATH, { ...settings(), networks: ["192.0.2.0/24"] });
    const { status } = await askSnmp("snmpget", proved(asker), asker.port, `${SYSTEM}.1.0`);
    expect(status).not.toBe(0);
    expect((await shown()).lastRefused).toMatchObject({ from: "127.0.0.1", why: "network" });
    await olga.json("PUT", PATH, settings());
    expect((await askSnmp("snmpget", proved(asker), asker.port, `${SYSTEM}.1.0`)).status).toBe(0);
  }, 30_000);

  test("a switched-on SNMP has a user, two keys and a network, and its port is free; a refused change changes nothing", async () => {
    await using other = await startTestServer({ clock: systemClock });
    const nina = await applianceAdministrator(other);
    const wish = { ...settings(), port: await freePort(), ...keys };
    const cases = [
      { ...wish, username: "" },
      { ...wish, networks: [] },
      { ...wish, networks: ["10.0.0.0/40"] },
      { ...settings(), port: wish.port },
      { ...wish, privacyKey: "short" },
      { ...wish, username: "a b" },
    ];
    for (const body of cases) expect((await nina.refusal("PUT", PATH, { body })).code).toBe("request.invalid");
    expect(await nina.json("GET", PATH)).toMatchObject({ isEnabled: false, hasKeys: false });
    expect((await nina.refusal("PUT", PATH, { body: { ...wish, port: asker.port } })).code).toBe("network.invalid");
    expect(await nina.json("GET", PATH)).toMatchObject({ problem: expect.stringContaining(`${asker.port}`) });
  }, 30_000);

  test("keys are never shown: not by the page, the audit log or the support bundle", async () => {
    const anna = await site.administrator("login");
    await olga.json("PUT", PATH, { ...settings(), ...keys });
    expect(await lastAudit(anna, "snmp.changed")).toMatchObject({ actorName: "olga" });
    const { rows } = await anna.json<{ rows: unknown[] }>("GET", "/api/login/audit");
    const page = await olga.request("GET", PATH);
    const bundle = await olga.request("GET", "/api/appliance/support-bundle");
    const unpacked = Buffer.from(Bun.gunzipSync(new Uint8Array(await bundle.arrayBuffer()))).toString("latin1");
    expect(unpacked).toContain("snmp.changed");
    const everything = JSON.stringify(rows) + (await page.text()) + unpacked;
    for (const key of Object.values(keys)) expect(everything).not.toContain(key);
    const stored = await site.core.database.queries
      .selectFrom("settings")
      .select("value")
      .where("name", "=", "snmp")
      .executeTakeFirstOrThrow();
    for (const key of Object.values(keys)) expect(stored.value).not.toContain(key);
    // Nor what is sealed of them, which would be as good as the key to whoever has the secret key.
    const { authentication } = JSON.parse(stored.value) as { authentication: string };
    expect(authentication).not.toBe("");
    expect(everything).not.toContain(authentication);
  });

  test("the appliance's firewall lets in the port from the named networks, and closes it when SNMP is off", async () => {
    await using helper = await openSystemHelperPeer();
    await using other = await startTestServer({ helperSocket: helper.socket, clock: systemClock });
    const nina = await applianceAdministrator(other);
    const port = await freePort();
    const wish = { isEnabled: true, port, username: "watch", networks: ["10.40.0.7", "2001:db8::/32"], ...keys };
    const rulesSay = async (isSo: (rules: string) => boolean): Promise<string> => {
      for (const end = Date.now() + 5000; !isSo(helper.machine.nftInput()) && Date.now() < end;) await Bun.sleep(20);
      return helper.machine.nftInput();
    };
    await nina.json("PUT", PATH, wish);
    const open = await rulesSay((rules) => rules.includes(`udp dport ${port}`) || rules.includes("10.40.0.7"));
    expect(open).toMatch(new RegExp(`10\\.40\\.0\\.7.*udp dport.*\\b${port}\\b.*accept`, "u"));
    await nina.json("PUT", PATH, { ...wish, isEnabled: false });
    expect(await rulesSay((rules) => !rules.includes(`${port}`))).not.toMatch(
      new RegExp(`udp dport.*\\b${port}\\b`, "u"),
    );
  }, 30_000);
});
