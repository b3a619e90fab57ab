/** Northmoor Council, an invented customer: what a site in use holds, so that its pages look as they do in use. */
import { Database } from "bun:sqlite";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { START_SESSIONS_ROLE } from "../../../protocol/built-in-roles.ts";
import { askAs } from "../harness/administration.ts";
import type { Site } from "../harness/site.ts";
import { believableDay, type Habit } from "./believable-day.ts";

interface Made {
  readonly id: string;
  readonly version: number;
}
type Ids = ReadonlyMap<string, string>;
type Ask = (method: string, path: string, data?: unknown) => Promise<Made>;

const PASSWORD = "a long way over water";
const DAY_MS = 86_400_000;
const ago = (milliseconds: number): string => new Date(Date.now() - milliseconds).toISOString();

const PEOPLE = [
  ["twilk", "Tomasz Wilk", 2, 0],
  ["abyrne", "Aoife Byrne", 2, 0],
  ["shaddad", "Samir Haddad", 1, 0.01],
  ["praman", "Priya Raman", 0, 0.1],
  ["jlindqvist", "Jonas Lindqvist", 3, 0.3],
  ["gmbeki", "Grace Mbeki", 0, 1.1],
  ["rkowal", "Rafal Kowal", 0, 7],
  ["evasile", "Elena Vasile", 1, 8],
  ["dmoore", "Dylan Moore", 1, 10],
  ["mferri", "Marta Ferri", 0, 24],
] as const;
const JUMP_GROUPS = [
  ["Branch libraries", "Front desks, self checkouts and public computers of 14 branches"],
  ["Civic centre", "Offices, meeting rooms, the registry"],
  ["Field devices", "Tablets and laptops of inspectors"],
  ["Schools", "Class rooms and staff rooms"],
  ["Servers", "On call only"],
] as const;
const TEAMS = [
  ["Service desk", "First line, 07:00 to 19:00"],
  ["Libraries and schools", "Branch visits on Tuesdays"],
  ["Field devices", ""],
  ["Servers, on call", "Second line, round the clock"],
] as const;
const GROUP_POLICIES = [
  "Administrators",
  "Service desk leads",
  "Service desk",
  "Libraries desk",
  "Field devices",
  "Servers, on call",
  "Vendor, read only",
] as const;
/** Name, Jump Group, tag, comments, system, who is signed in, online or not, days since that changed. */
const COMPUTERS = [
  ["NMC-CIV-1042", "Civic centre", "front-desk", "Registry counter 2", "Windows 11", "pgreen", 1, 3],
  ["NMC-CIV-1043", "Civic centre", "front-desk", "Registry counter 3", "Windows 11", "", 1, 3],
  ["NMC-CIV-MEET-04", "Civic centre", "meeting", "Meeting room 4, camera on the left", "Windows 11", "", 0, 1],
  ["NMC-FLD-0093", "Field devices", "inspector", "Anton Reyes", "Windows 11", "areyes", 1, 0.1],
  ["NMC-FLD-0121", "Field devices", "inspector", "", "Windows 11", "", 0, 6],
  ["NMC-LIB-0117", "Branch libraries", "front-desk", "Harbour branch", "Windows 11", "mholt", 1, 5],
  ["NMC-LIB-0118", "Branch libraries", "self-checkout", "Harbour branch", "Windows 10 IoT", "kiosk", 1, 12],
  [
    "NMC-LIB-0215",
    "Branch libraries",
    "self-checkout",
    "Mill Street, label printer on USB 2",
    "Debian 12",
    "kiosk",
    1,
    9,
  ],
  ["NMC-LIB-0216", "Branch libraries", "public-access", "Mill Street, children's room", "Debian 12", "", 1, 9],
  ["NMC-LIB-0330", "Branch libraries", "public-access", "", "Debian 12", "", 0, 2],
  ["NMC-SCH-0007", "Schools", "staff", "St Aidan's, head teacher", "macOS 15", "hward", 1, 0.4],
  ["NMC-SCH-0155", "Schools", "class-room", "St Aidan's, room 12", "Windows 11", "", 1, 21],
  ["NMC-SCH-0156", "Schools", "class-room", "St Aidan's, room 13", "Windows 11", "", 0, 30],
  ["nmc-srv-backup02", "Servers", "linux", "Nightly at 02:00", "Debian 12", "", 1, 41],
  ["nmc-srv-print01", "Servers", "windows", "Print server of all branches", "Windows Server 2022", "", 1, 41],
] as const;

/** Fills the site through its own API as the administrator of the page, and its tables where no API reaches. */
export async function settleNorthmoor(site: Site, page: Page): Promise<void> {
  const ask: Ask = (method, path, data) => askAs<Made>(page, method, `/api/login/${path}`, data);
  await ask("PATCH", "settings", { siteName: "Northmoor Council" });
  const people = await addPeople(ask);
  const groups = await each(
    JUMP_GROUPS,
    ([name]) => name,
    ([name, comments]) => ask("POST", "jump-groups", { name, comments }),
  );
  const roles = { member: "member", lead: "lead" } as const;
  const members = [...people.values()].map((user, index) => ({ user, role: index === 0 ? roles.lead : roles.member }));
  const teams = await each(
    TEAMS,
    ([name]) => name,
    ([name, comments], index) => ask("POST", "teams", { name, comments, members: members.slice(index, index + 6) }),
  );
  await addPolicies(ask, people, teams);
  const libraryHours = await addJumpPolicies(ask, teams);
  await addInstallers(ask, groups, libraryHours);
  await addProviders(ask);
  const scopes = ["jump-clients.manage", "users.view"];
  await ask("POST", "api-accounts", {
    name: "Asset register",
    comments: "Nightly export",
    scopes,
    networks: ["10.40.0.0/16"],
    expiresAt: null,
  });
  await ask("PATCH", "email", {
    ...(await versionOf(ask, "email")),
    host: "smtp.northmoor.example",
    port: 587,
    encryption: "starttls",
    from: "causeway@northmoor.example",
  });
  writeRows(site, groups, people);
}

async function versionOf(ask: Ask, path: string): Promise<{ version: number }> {
  return { version: (await ask("GET", path)).version };
}

async function each<T>(
  rows: readonly T[],
  nameOf: (row: T) => string,
  make: (row: T, index: number) => Promise<Made>,
): Promise<Ids> {
  const ids = new Map<string, string>();
  for (const [index, row] of rows.entries()) ids.set(nameOf(row), (await make(row, index)).id);
  return ids;
}

async function addPeople(ask: Ask): Promise<Ids> {
  const settings = { "console.use": true, "settings.view": true, systemJumpItemRole: START_SESSIONS_ROLE };
  return each(
    PEOPLE,
    ([username]) => username,
    ([username, displayName]) =>
      ask("POST", "users", {
        username,
        displayName,
        email: `${username}@northmoor.example`,
        password: PASSWORD,
        settings,
      }),
  );
}

async function addPolicies(ask: Ask, people: Ids, teams: Ids): Promise<void> {
  const allow = { value: "allow", isAsked: false } as const;
  const asked = { value: "allow", isAsked: true } as const;
  const deny = { value: "deny", isAsked: false } as const;
  const grants = {
    "screen.view": asked,
    "screen.control": asked,
    "clipboard.send": allow,
    "shell.use": asked,
    "files.upload": allow,
    "files.download": deny,
    "files.delete": deny,
    "session.share-external": deny,
  };
  const availability = { users: true, repInvite: false, jumpItems: true };
  const policy = (displayName: string, description: string, rules: object) =>
    ask("POST", "session-policies", { displayName, description, availability, rules });
  const retail = await policy("Retail floor", "Counters where customers stand by", {
    grants,
    prompting: { timeoutSeconds: 30, whenUnanswered: "deny" },
  });
  const office = await policy("Unattended, office hours", "", {
    grants: { "screen.view": allow, "screen.control": allow },
    prompting: null,
  });
  await policy("Vendor, watching only", "Third parties look, nobody types", {
    grants: { "screen.control": deny, "shell.use": deny },
    prompting: null,
  });
  const of = (value: unknown, isFinal: boolean) => ({ value, isFinal });
  for (const name of GROUP_POLICIES) {
    const users = [...people.values()].slice(0, name.startsWith("Service desk") ? 7 : 3);
    await ask("POST", "group-policies", {
      name,
      description: name === "Service desk" ? "First line: attended sessions, nothing unattended." : "",
      settings: {
        "console.use": of(true, true),
        idleSignOutMinutes: of(30, false),
        attendedSessionPolicy: of({ kind: "policy", id: retail.id }, true),
        unattendedSessionPolicy: of({ kind: "policy", id: office.id }, false),
      },
      members: users.map((user) => ({ kind: "user", user })),
      jumpGroups: [],
      teams: [{ team: [...teams.values()][0], role: "member" }],
    });
  }
}

async function addJumpPolicies(ask: Ask, teams: Ids): Promise<string> {
  const open = (day: number, from: number, to: number) => ({
    startDay: day,
    startMinute: from * 60,
    endDay: day,
    endMinute: to * 60,
  });
  const windows = [0, 1, 2, 3, 4].map((day) => open(day, 8, 20));
  const rules = {
    schedule: {
      timeZone: "Europe/London",
      windows: [...windows, open(5, 9, 16), { startDay: 3, startMinute: 1320, endDay: 4, endMinute: 120 }],
    },
    isEndForced: false,
    requiresTicket: true,
    requiresEndUserProof: false,
    allowsSimultaneousJumps: true,
    approval: null,
  };
  const make = (displayName: string, description: string, more: object) =>
    ask("POST", "jump-policies", { displayName, description, rules: { ...rules, ...more } });
  const { id } = await make("Library hours", "Branches are staffed then", {});
  await make("Ticket required", "", { schedule: null });
  const approval = { team: teams.get("Servers, on call"), validMinutes: 60 };
  await make("Servers, second person", "Somebody else agrees first", { schedule: null, approval });
  return id;
}

async function addInstallers(ask: Ask, groups: Ids, jumpPolicy: string): Promise<void> {
  const wishes = [
    ["Branch libraries, front desks", "Branch libraries", "front-desk", 34_560, jumpPolicy],
    ["Schools, autumn rollout", "Schools", "", 2_880, null],
    ["Servers, hardened", "Servers", "linux", 100_000, null],
  ] as const;
  for (const [name, group, tag, validForMinutes, policy] of wishes) {
    await ask("POST", "installers", {
      name,
      jumpGroup: groups.get(group),
      tag,
      comments: "",
      validForMinutes,
      maxUses: 500,
      jumpPolicy: policy,
      presentPolicy: null,
      absentPolicy: null,
    });
  }
}

async function addProviders(ask: Ask): Promise<void> {
  const attributes = { username: "preferred_username", displayName: "name", email: "email", groups: "groups" };
  const mapping = { attributes, createsAccounts: true, groupSync: "additive", groupRules: [] };
  const base = { isEnabled: true, mapping };
  const oidc = {
    kind: "oidc",
    issuer: "https://login.northmoor.example",
    clientId: "causeway",
    scopes: "openid profile email",
    clockSkewSeconds: 60,
  };
  await ask("POST", "providers", {
    ...base,
    name: "Staff sign-in",
    emailDomains: ["northmoor.example"],
    config: oidc,
    secret: "kept",
  });
  const ldap = {
    kind: "ldap",
    urls: ["ldaps://dc01.northmoor.example:636"],
    startTls: false,
    certificateAuthority: "",
    bindDn: "cn=causeway,ou=services,dc=northmoor,dc=example",
    userBaseDn: "ou=people,dc=northmoor,dc=example",
    usernameAttribute: "uid",
    groupBaseDn: "ou=groups,dc=northmoor,dc=example",
    timeoutSeconds: 5,
  };
  await ask("POST", "providers", { ...base, name: "Directory", emailDomains: [], config: ldap, secret: "kept" });
}

/** Whether a Jump Client's id is that of a computer which never called in. */
export const isInvented = (id: string): boolean => /^N\d+-{10,}$/u.test(id);

/** What nobody writes through the API: computers that once called in, passkeys, when people were last seen. */
function writeRows(site: Site, groups: Ids, people: Ids): void {
  using database = new Database(join(site.folder, "causeway.sqlite"));
  database.run("pragma busy_timeout = 10000");
  database.transaction(() => {
    const client = database.prepare(INSERT_CLIENT);
    COMPUTERS.forEach((row, index) => client.run(...columnsOf(row, index, groups)));
    const seen = database.prepare(
      "update representatives set last_active_at = ?, last_sign_in_at = ? where username = ?",
    );
    const passkey = database.prepare(INSERT_PASSKEY);
    for (const [username, , passkeys, days] of PEOPLE) {
      seen.run(ago(days * DAY_MS), ago(days * DAY_MS), username);
      for (let at = 0; at < passkeys; at++)
        passkey.run(`key-${username}-${at}`, people.get(username) ?? "", ago(90 * DAY_MS));
    }
    database.run(
      "update representatives set display_name = 'Ines Duarte', public_name = 'Ines', last_active_at = ? where username = 'ada'",
      [ago(0)],
    );
    database.run("update representatives set locked_until = ?, failed_sign_ins = 5 where username = 'mferri'", [
      ago(-DAY_MS),
    ]);
  })();
}

const INSERT_CLIENT = `insert into jump_clients (id, public_key, name, jump_group, tag, comments, host_name, search_text, is_online,
  status_since, last_accessed_at, platform, architecture, operating_system, system, agent_version, public_address,
  private_addresses, signed_in_users, has_display, cpu_percent, memory_total_bytes, memory_used_bytes, disks, booted_at,
  access_count, is_leaving, created_at, cpu_day)
  values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 'linux', 'x64', ?, ?, '0.1.0', '203.0.113.7', ?, ?, 1, ?, 17179869184, ?, ?, ?, ?, 0, ?, ?)`;
const INSERT_PASSKEY = `insert into passkeys (id, representative, name, public_key, counter, transports, aaguid, is_backed_up, created_at)
  values (?, ?, 'Passkey', '', 0, '[]', '', 0, ?)`;

function columnsOf(
  row: (typeof COMPUTERS)[number],
  index: number,
  groups: Ids,
): (string | number | Uint8Array | null)[] {
  const [name, group, tag, comments, system, user, isOnline, days] = row;
  const id = `N${index}`.padEnd(22, "-");
  const text = [name, comments, tag].join("\n").toLowerCase();
  const since = ago(days * DAY_MS);
  const addresses = JSON.stringify([`10.${40 + (index % 3)}.${index}.${20 + index}`]);
  const day = believableDay(habitOf(name, tag), index, new Date());
  const disk = system.startsWith("Windows") ? "C:" : "/";
  const users = JSON.stringify(user === "" ? [] : [user]);
  return [
    id,
    `key ${index}`,
    name,
    groups.get(group) ?? "",
    tag,
    comments,
    name.toLowerCase(),
    text,
    isOnline,
    since,
    index % 3 === 0 ? null : ago((index + 1) * 0.7 * DAY_MS),
    system,
    system,
    addresses,
    users,
    day.percent,
    (4 + (index % 5)) * 2 ** 30,
    JSON.stringify([{ name: disk, totalBytes: 2 ** 38, usedBytes: (0.3 + ((index * 7) % 10) / 16) * 2 ** 38 }]),
    since,
    index * 3,
    ago(200 * DAY_MS),
    isOnline === 1 ? day.bytes : null,
  ];
}

function habitOf(name: string, tag: string): Habit {
  if (name === "NMC-LIB-0117") return "busy";
  if (tag === "class-room" || tag === "staff") return "class";
  if (name.includes("backup")) return "backup";
  return tag === "self-checkout" || tag === "public-access" ? "kiosk" : "desk";
}
