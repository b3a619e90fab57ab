import { afterEach, beforeEach, expect, test } from "bun:test";
import { statSync } from "node:fs";
import { connect, type Socket } from "node:net";
import { randomBytes } from "node:crypto";
import { MAX_HELPER_LINE_BYTES, systemActions } from "../../protocol/appliance/system-actions.ts";
import { openTestMachine, type TestMachine } from "../test-system/machine.ts";
import { openParts } from "./action-table.ts";
import { askHelper } from "./helper-client.ts";
import { openHelperSocket } from "./helper-socket.ts";

let machine: TestMachine;
let resources: AsyncDisposableStack;

beforeEach(async () => {
  machine = openTestMachine();
  resources = new AsyncDisposableStack();
  const parts = resources.use(openParts(machine.system));
  resources.use(await openHelperSocket({ path: machine.paths.helperSocket, groupId: 5000, table: parts.table }));
});
afterEach(async () => {
  await resources.disposeAsync();
  machine[Symbol.dispose]();
});

/** Sends bytes as they are and reads until the end. */
async function exchange(bytes: Uint8Array | string): Promise<string> {
  return await new Promise((resolve) => {
    const socket: Socket = connect(machine.paths.helperSocket);
    let text = "";
    socket.on("data", (piece) => (text += piece.toString()));
    socket.on("error", () => resolve(text));
    socket.on("close", () => resolve(text));
    socket.write(bytes);
  });
}

const ask = (action: string, asks: unknown): Promise<string> => exchange(`${JSON.stringify({ action, asks })}\n`);

/** The words in the calls that are no programs of our table's own choosing. */
const settings = (hostname: string): object => ({
  hostname,
  interfaces: [
    { name: "ens192", addressing: "static", addresses: ["10.40.0.12/24"], gateways: ["10.40.0.1"], vlan: null },
  ],
  routes: [],
  dnsServers: [],
  searchDomains: [],
});

test("the socket is root's and the server's group's alone", () => {
  const { mode, gid } = statSync(machine.paths.helperSocket);
  expect(mode & 0o777).toBe(0o660);
  expect(gid).toBe(5000);
});

test("a request is a line, and its answer too", async () => {
  const machineState = await askHelper(machine.paths.helperSocket, "machine.read", {});
  expect(machineState).toMatchObject({
    version: "1.2.0",
    virtualization: "kvm",
    firmware: "bios",
    dataReadOnlyReason: null,
  });
  const { slots } = await askHelper(machine.paths.helperSocket, "slots.read", {});
  expect(slots.map(({ slot, isRunning, isNext }) => [slot, isRunning, isNext])).toEqual([
    ["a", true, true],
    ["b", false, false],
  ]);
});

test("NA3 whatever is no known action of its shape is refused before anything is done", async () => {
  const cases: [string, unknown][] = [
    ["shell.run", { command: "id" }],
    ["__proto__", {}],
    ["toString", {}],
    ["network.try", { hostname: "a" }],
    ["network.try", settings("Upper Case")],
    ["journal.read", { unit: "sshd", lines: 5 }],
    ["journal.read", { unit: "causeway", lines: 1e9 }],
    ["update.stage", { file: "../../etc/shadow" }],
    ["update.stage", { file: ".hidden" }],
    ["slots.choose", { slot: "c" }],
    ["firewall.set", { rules: [{ protocol: "tcp", port: 443, from: ["10.0.0.0/8; accept"] }] }],
    ["clock.set", { ntpServers: ["a b"], timeZone: "Etc/UTC" }],
    ["clock.set", { ntpServers: [], timeZone: "../../etc/passwd" }],
  ];
  for (const [action, asks] of cases)
    expect(await ask(action, asks)).toMatch(/"kind":"refused","code":"request.invalid"/u);
  expect(machine.calls()).toEqual([]);
});

/** What somebody would send who wants a shell, a unit's line or a rule of their own. */
const HOSTILE = [
  "$(reboot)",
  "`reboot`",
  ";reboot",
  "|reboot",
  "&& reboot",
  "a\nb",
  "a\r\n[Network]",
  "a\0b",
  "-f",
  "--help",
  "../../x",
  "%H",
  "a b",
  "'",
  '"',
  "\\",
  "\u2028",
  "é",
  "a".repeat(64),
  "a".repeat(5000),
  "[::1]",
  "{}",
  "*",
  "~",
  "#",
];

test("NA3 hostile texts in every field reach no program and no file", async () => {
  for (const text of HOSTILE) {
    const one = {
      name: "ens192",
      addressing: "static",
      addresses: ["10.40.0.12/24"],
      gateways: ["10.40.0.1"],
      vlan: null,
    };
    const requests: [string, object][] = [
      ["network.try", settings(text)],
      ["network.try", { ...settings("a"), interfaces: [{ ...one, name: text }] }],
      ["network.try", { ...settings("a"), interfaces: [{ ...one, addresses: [text] }] }],
      ["network.try", { ...settings("a"), interfaces: [{ ...one, gateways: [text] }] }],
      ["network.try", { ...settings("a"), routes: [{ destination: text, gateway: "10.40.0.1", interface: "ens192" }] }],
      [
        "network.try",
        { ...settings("a"), routes: [{ destination: "10.9.0.0/16", gateway: text, interface: "ens192" }] },
      ],
      ["network.try", { ...settings("a"), dnsServers: [text] }],
      ["network.try", { ...settings("a"), searchDomains: [`${text}.`] }],
      ["clock.set", { ntpServers: [`${text}!`], timeZone: "Etc/UTC" }],
      ["clock.set", { ntpServers: [], timeZone: text }],
      ["firewall.set", { rules: [{ protocol: text, port: 443, from: [] }] }],
      ["firewall.set", { rules: [{ protocol: "tcp", port: 443, from: [text] }] }],
      ["update.stage", { file: `${text}/` }],
      ["journal.read", { unit: text, lines: 1 }],
      ["slots.choose", { slot: text }],
    ];
    for (const [action, asks] of requests) {
      const answer = await ask(action, asks);
      // 64 letters are a host name that is too long for the kernel alone; anything else is no name at all.
      expect([action, text.slice(0, 20), answer]).toEqual([
        action,
        text.slice(0, 20),
        expect.stringContaining('"kind":"refused"'),
      ]);
    }
  }
  expect(machine.calls().filter(([program]) => program !== "chronyc")).toEqual([]);
}, 30_000);

test("any bytes are refused or leave nothing, and the next request is answered", async () => {
  const good = JSON.stringify({ action: "network.keep", asks: {} });
  for (let round = 0; round < 200; round += 1) {
    const bytes = Buffer.from(round % 2 === 0 ? randomBytes(round) : good);
    if (round % 2 === 1) bytes[round % bytes.length] = randomBytes(1)[0]!;
    expect(await exchange(Buffer.concat([bytes, Buffer.from("\n")]))).toContain('"kind":"refused"');
  }
  expect(await ask("slots.read", {})).toContain('"kind":"done"');
});

test("a line that is too long is refused as soon as it is", async () => {
  expect(await exchange("x".repeat(MAX_HELPER_LINE_BYTES + 1))).toContain("request.too_large");
});

test("a seventeenth connection is closed unanswered, and there is room again after", async () => {
  const idle = Array.from({ length: 16 }, () => connect(machine.paths.helperSocket));
  await Promise.all(idle.map((socket) => new Promise((resolve) => socket.once("connect", resolve))));
  expect(await ask("slots.read", {})).toBe("");
  for (const socket of idle) socket.destroy();
  await Bun.sleep(50);
  expect(await ask("slots.read", {})).toContain('"kind":"done"');
});

test("a program that fails is a refusal with its words; power and journal are one call each", async () => {
  machine.fails("systemctl");
  machine.says("systemctl", "Failed to connect to bus\n");
  expect(await ask("power.restart", {})).toContain("Failed to connect to bus");
  machine.says("journalctl", "one\ntwo\n");
  expect(JSON.parse(await ask("journal.read", { unit: "chrony", lines: 2 }))).toEqual({
    kind: "done",
    answers: { lines: ["one", "two"] },
  });
  expect(machine.calls()).toContainEqual([
    "journalctl",
    "--unit=chrony.service",
    "--lines=2",
    "--no-pager",
    "--quiet",
    "--output=short-iso",
    "--boot=0",
  ]);
});

test("every action answers something", async () => {
  for (const action of Object.keys(systemActions)) expect(await ask(action, {})).toMatch(/"kind":"(?:done|refused)"/u);
});
