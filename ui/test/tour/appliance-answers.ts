/** What an appliance with its image, its slots and its interfaces answers /appliance: made up, of the shapes the pages check. */
import type { Static } from "@sinclair/typebox";
import type { Page } from "playwright-core";
import type { ClockState, Machine, SlotState } from "../../../protocol/appliance/system-actions.ts";
import type { NetworkState } from "../../../protocol/appliance/network-settings.ts";
import type { Backup, Backups } from "../../../protocol/api/appliance/backups.ts";
import type { ApplianceCertificates } from "../../../protocol/api/appliance/certificates.ts";
import type { ApplianceStatus, ConnectionTests, Logs, Storage } from "../../../protocol/api/appliance/status.ts";
import type { Alerts, Snmp, Syslog } from "../../../protocol/api/appliance/services.ts";
import type { Update, Updates } from "../../../protocol/api/appliance/updates.ts";

const MINUTE_MS = 60_000;
const DAY_MS = 1440 * MINUTE_MS;
const GB = 2 ** 30;
const at = (milliseconds: number): string => new Date(Date.now() + milliseconds).toISOString();
/** A quiet hour that ends in a busier one. */
const hour = (level: number, swing: number): number[] =>
  Array.from(
    { length: 60 },
    (_, minute) => level + swing * Math.sin(minute / 3.1) * Math.cos(minute / 7) + (swing * minute) / 90,
  );

const machine: Machine = {
  version: "1.4.2",
  virtualization: "vmware",
  model: "VMware, Inc. VMware20,1",
  firmware: "uefi-secure-boot",
  serial: "CW-7F02-1180",
  startedAt: at(-11 * DAY_MS),
  dataReadOnlyReason: null,
};
const clock: ClockState = {
  settings: { ntpServers: ["ntp1.northmoor.example"], timeZone: "Europe/London" },
  isSynchronized: true,
  source: "ntp1.northmoor.example",
  offsetMs: 2.1,
};
const status: ApplianceStatus = {
  hostname: "cw-north-01",
  version: "1.4.2",
  startedAt: at(-11.45 * DAY_MS),
  health: "attention",
  processor: { percent: 31, cores: 8, load: 2.4, lastHour: hour(30, 12) },
  memory: { usedBytes: Math.round(18.2 * GB), totalBytes: 32 * GB, lastHour: hour(18, 1) },
  disk: { usedBytes: 1843 * GB, totalBytes: 4096 * GB, daysLeft: 71, lastHour: hour(1840, 3) },
  network: { sentBitsPerSecond: 164_000_000, lastHour: hour(120, 60) },
  sessions: 38,
  jumpClientsOnline: 23_604,
  parts: [
    { name: "gateway", health: "ok", load: 38, reason: "" },
    { name: "jump-clients", health: "ok", load: 23_604, reason: "" },
    { name: "web", health: "ok", load: 212, reason: "" },
    { name: "database", health: "ok", load: 1_120, reason: "" },
    { name: "file-transfers", health: "ok", load: 4, reason: "" },
    { name: "providers", health: "ok", load: 2, reason: "" },
    {
      name: "email",
      health: "attention",
      load: 3,
      reason: "smtp.northmoor.example refuses the line. Three mails wait.",
    },
    { name: "backups", health: "ok", load: 14, reason: "" },
  ],
  machine,
  clock,
  slot: "a",
  power: null,
  events: [
    {
      at: at(-8 * MINUTE_MS),
      health: "attention",
      title: "E-mail does not go out",
      detail: "smtp.northmoor.example refuses the line.",
    },
    {
      at: at(-12.1 * 60 * MINUTE_MS),
      health: "ok",
      title: "Backup finished and restored as a test",
      detail: "41.2 GB to sftp://nas-b/causeway in 9 min.",
    },
  ],
};
const face = (name: string, addresses: string[], hasCarrier: boolean, speedMbits: number | null) => ({
  name,
  macAddress: `00:50:56:9a:1c:0${name.at(-1)}`,
  hasCarrier,
  speedMbits,
  addresses,
  receivedBytes: 812 * GB,
  sentBytes: 1_204 * GB,
});
const settings: NetworkState["settings"] = {
  hostname: "cw-north-01",
  interfaces: [
    {
      name: "eth0",
      addressing: "static",
      addresses: ["10.40.0.12/24", "fd0c:40::12/64"],
      gateways: ["10.40.0.1"],
      vlan: null,
    },
    { name: "eth1", addressing: "static", addresses: ["10.99.0.12/24"], gateways: [], vlan: 99 },
    { name: "eth2", addressing: "off", addresses: [], gateways: [], vlan: null },
  ],
  routes: [{ destination: "10.99.0.0/16", gateway: "10.99.0.1", interface: "eth1" }],
  dnsServers: ["10.40.0.53", "10.40.1.53"],
  searchDomains: ["northmoor.example"],
};
const network: NetworkState = {
  settings,
  interfaces: [
    face("eth0", ["10.40.0.12/24", "fd0c:40::12/64"], true, 10_000),
    face("eth1", ["10.99.0.12/24"], true, 1_000),
    face("eth2", [], false, null),
  ],
  gateways: ["10.40.0.1"],
  dnsServers: ["10.40.0.53", "10.40.1.53"],
  trial: { revertsAt: at(48_000), former: { ...settings, interfaces: settings.interfaces.slice(1) }, settings },
};
const test = (
  target: string,
  use: ConnectionTests["tests"][number]["use"],
  milliseconds: number | null,
  problem = "",
) => ({
  target,
  use,
  health: problem === "" ? ("ok" as const) : ("failed" as const),
  milliseconds,
  problem,
});
const tests: ConnectionTests = {
  at: at(0),
  tookMs: 3_200,
  tests: [
    test("10.40.0.1", "gateway-address", 1),
    test("10.40.0.53:53", "dns", 2),
    test("dc01.northmoor.example:636", "provider", 14),
    test("smtp.northmoor.example:587", "email", null, "Refused after 3 s"),
    test("ntp1.northmoor.example:123", "time", 2),
    test("nas-b.northmoor.example:22", "backups", 6),
  ],
};
const leaf = (from: number, to: number) => ({
  subject: "CN=help.northmoor.example",
  issuer: "Northmoor Issuing CA 2",
  names: ["help.northmoor.example", "*.help.northmoor.example"],
  notBefore: at(from * DAY_MS),
  notAfter: at(to * DAY_MS),
  fingerprint: Array.from({ length: 32 }, (_, index) =>
    ((index * 37 + 11) % 256).toString(16).padStart(2, "0").toUpperCase(),
  ).join(":"),
  isSelfSigned: false,
  coversHostname: true,
  chainLength: 3,
  keyAlgorithm: "ECDSA P-256",
});
const certificates: ApplianceCertificates = {
  current: leaf(-71, 19),
  next: leaf(-2, 100),
  switchesAt: at(10 * DAY_MS),
  request: null,
  acme: {
    isEnabled: true,
    directory: "https://ca.northmoor.example/acme/directory",
    email: "it@northmoor.example",
    names: ["help.northmoor.example"],
    bindingKeyId: "",
    authorityPem: "",
    renewDaysBefore: 20,
  },
  hasBindingKey: false,
  acmeState: { lastTriedAt: at(-2 * DAY_MS), nextTryAt: at(DAY_MS), problem: "", isRunning: false, step: null },
  preFlight: { jumpClients: 24_118, accepting: 23_988, learning: 130, lost: [], lostCount: 0, problems: [] },
  others: [
    { name: "SAML signing", use: "Sign-in with Entra ID", issuer: "Self-signed", notAfter: at(440 * DAY_MS) },
    { name: "Directory", use: "LDAP: dc01.northmoor.example", issuer: "Northmoor Root CA", notAfter: at(235 * DAY_MS) },
  ],
};
const image = { size: 900_000_000, sha256: "0".repeat(64), compressedSize: 300_000_000 };
const manifest = (version: string) => ({
  format: 1 as const,
  product: "causeway" as const,
  version,
  releasedAt: at(-3 * DAY_MS),
  minimumVersion: "1.4.0",
  securityReleases: [],
  notes: [
    { kind: "security" as const, text: "Two fixes, one rated high." },
    { kind: "new" as const, text: "Search text on screen in recordings." },
    { kind: "change" as const, text: "Chat opens pinned for new users." },
  ],
  images: { boot: image, root: image },
});
const slots: SlotState[] = [
  {
    slot: "a",
    version: "1.4.2",
    isRunning: true,
    isGood: true,
    triesLeft: 0,
    isNext: true,
    manifest: manifest("1.4.2"),
  },
  {
    slot: "b",
    version: "1.5.0",
    isRunning: false,
    isGood: false,
    triesLeft: 3,
    isNext: false,
    manifest: manifest("1.5.0"),
  },
];
const step = (
  name: Update["steps"][number]["step"],
  state: Update["steps"][number]["state"],
  minutes: number | null,
  detail: string,
) => ({
  step: name,
  state,
  at: minutes === null ? null : at(-minutes * MINUTE_MS),
  progress: null,
  detail,
});
const update: Update = {
  id: "update-1--------------",
  version: "1.5.0",
  source: "upload",
  sizeBytes: 612_000_000,
  receivedBytes: 612_000_000,
  fromVersion: "1.4.2",
  begunAt: at(-30 * MINUTE_MS),
  endedAt: null,
  manifest: manifest("1.5.0"),
  steps: [
    step("received", "done", 29, "612 MB uploaded."),
    step("verified", "done", 24, "The release key signed it."),
    step("backed-up", "done", 16, "41.2 GB, restored as a test."),
    step("rehearsed", "done", 11, "The database's changes took 42 s on a copy."),
    step("staged", "done", 9, "Written to slot B and read back."),
    step("restarted", "waiting", null, ""),
    step("healthy", "waiting", null, ""),
  ],
  restartsAt: null,
  state: "ready",
};
const updates: Updates = {
  slots,
  current: update,
  history: [
    {
      ...update,
      id: "update-0",
      version: "1.4.2",
      fromVersion: "1.4.1",
      state: "finished",
      begunAt: at(-12 * DAY_MS),
      endedAt: at(-11.4 * DAY_MS),
    },
  ],
  settings: {
    address: "https://updates.northmoor.example/causeway",
    downloadsBySelf: true,
    installsBySelf: "security",
    window: { weekdays: [7], from: "02:00", to: "04:00" },
  },
  lastCheckedAt: at(-40 * MINUTE_MS),
  lastCheckProblem: "",
};
const backup = (days: number, more: Partial<Backup> = {}): Backup => ({
  id: `backup-${days * 10}`.padEnd(22, "-"),
  takenAt: at(-days * DAY_MS),
  version: "1.4.2",
  sizeBytes: Math.round((41.2 - days / 5) * GB),
  reason: "schedule",
  place: "sftp://nas-b/causeway",
  state: "good",
  progress: null,
  problem: "",
  test: null,
  ...more,
});
const passed = (days: number) => ({ at: at(-days * DAY_MS), tookMs: 1_260_000, isPassed: true, problem: "" });
const backups: Backups = {
  settings: {
    isEnabled: true,
    at: "02:00",
    target: {
      kind: "sftp",
      host: "nas-b",
      port: 22,
      username: "causeway",
      folder: "causeway",
      hostKey: "SHA256:2kQ0n1",
    },
    hasSecret: true,
    hasPassphrase: true,
    keepDays: 30,
    testsEvery: 7,
  },
  backups: [
    backup(0.5, { test: passed(0.4) }),
    backup(1.5),
    backup(2.5, { state: "failed", problem: "nas-b did not answer for 10 min. The next one is taken tonight." }),
    backup(3.5),
    backup(7.5, { test: passed(7.4), reason: "before-update" }),
    backup(8.5, { reason: "by-hand", place: "disk" }),
  ],
  lastGoodAt: at(-0.5 * DAY_MS),
  restoreTookMs: 1_260_000,
  keptBytes: 212 * GB,
};
const storage: Storage = {
  totalBytes: 4096 * GB,
  freeBytes: 2253 * GB,
  uses: [
    { kind: "database", bytes: 1_402 * GB },
    { kind: "backups", bytes: 212 * GB },
    { kind: "transfers", bytes: 118 * GB },
    { kind: "logs", bytes: 61 * GB },
    { kind: "updates", bytes: GB },
    { kind: "other", bytes: 49 * GB },
  ],
  alertBelowBytes: 40 * GB,
  oldestAuditRowAt: at(-365 * DAY_MS),
};
const logs: Static<typeof Logs> = {
  lines: [
    "2026-11-21T09:12:04Z causeway[812]: Listening on https://10.40.0.12:443",
    "2026-11-21T09:14:31Z causeway[812]: E-mail: smtp.northmoor.example refuses the line; tried again in 5 min",
    "2026-11-21T09:14:40Z causeway[812]: Backup finished: 41.2 GB to sftp://nas-b/causeway",
  ],
};
const syslog: Static<typeof Syslog> = {
  isEnabled: true,
  host: "siem.northmoor.example",
  port: 6514,
  transport: "tls",
  authorityPem: "",
  waiting: 0,
  lastSentAt: at(-MINUTE_MS),
  problem: "",
};
const snmp: Static<typeof Snmp> = {
  ...{ isEnabled: true, port: 161, username: "zabbix", networks: ["10.40.0.30"], hasKeys: true },
  lastAnsweredAt: at(-MINUTE_MS),
  lastRefused: { at: at(-DAY_MS), from: "10.40.0.77", why: "older-version" },
  problem: "",
};
const alerts: Static<typeof Alerts> = {
  recipients: ["it@northmoor.example"],
  isDaily: true,
  lastSentAt: at(-DAY_MS),
  problem: null,
};

const answers: Readonly<Record<string, unknown>> = {
  status,
  network,
  "network/test": tests,
  certificates,
  updates,
  backups,
  restore: { restore: null },
  storage,
  logs,
  syslog,
  snmp,
  alerts,
  time: clock,
};

/** From here on the page's questions about the machine have these answers; who signs in and all else is the server's own. */
export async function standInAppliance(page: Page): Promise<void> {
  await page.route("**/api/appliance/**", async (route) => {
    const path = new URL(route.request().url()).pathname.slice("/api/appliance/".length);
    const answer = answers[path];
    if (path === "start")
      await route.fulfill({ json: { ...(await (await route.fetch()).json()), hostname: "cw-north-01" } });
    else if (answer === undefined) await route.continue();
    else await route.fulfill({ json: answer });
  });
}

/** The new network settings are kept: the page can change them again. */
export async function endTrial(page: Page): Promise<void> {
  await page.route("**/api/appliance/network", (route) => route.fulfill({ json: { ...network, trial: null } }));
  await page.reload();
}
