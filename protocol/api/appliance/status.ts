/** /appliance > Status, Network, Time, Support: how the box is, and what is asked of its system. All need an appliance administrator. */
import { type Static, Type } from "@sinclair/typebox";
import { ClockState, loggedUnits, Machine } from "../../appliance/system-actions.ts";
import { NullableTime, Time } from "../common.ts";

const Null = Type.Null();

/** What is announced, by whom it was asked for ("": by itself), and when it happens at the latest. */
export const PowerPlan = Type.Object({
  /** `software`: the server alone is started anew, not its machine. */
  kind: Type.Union([Type.Literal("restart"), Type.Literal("off"), Type.Literal("update"), Type.Literal("software")]),
  at: Time,
  by: Type.String(),
});
export type PowerPlan = Static<typeof PowerPlan>;

// GET /api/appliance/status; the page asks again every 5 s

/** The last hour, oldest first, one value a minute; shorter after a start. */
const LastHour = Type.Array(Type.Number(), { maxItems: 60 });
/** ok: nothing to do. attention: works, somebody should look. failed: does not work. */
export const Health = Type.Union([Type.Literal("ok"), Type.Literal("attention"), Type.Literal("failed")]);
export type Health = Static<typeof Health>;

/** One part of the product. `load` in its own unit: the page has the words. */
export const PartStatus = Type.Object({
  name: Type.Union(
    (
      [
        "gateway",
        "jump-clients",
        "web",
        "database",
        "file-transfers",
        "providers",
        "email",
        "backups",
        "certificates",
        "updates",
        "syslog",
        "standby",
      ] as const
    ).map((name) => Type.Literal(name)),
  ),
  health: Health,
  /** Sessions, Jump Clients online, requests in the last minute, commits in the last minute, transfers, providers, backups kept, days of the certificate, updates under way, rows of the log waiting … */
  load: Type.Integer({ minimum: 0 }),
  /** Why it is not ok, in words; "": ok. */
  reason: Type.String(),
});

export const ApplianceStatus = Type.Object({
  hostname: Type.String(),
  version: Type.String(),
  startedAt: Time,
  health: Health,
  processor: Type.Object({ percent: Type.Number(), cores: Type.Integer(), load: Type.Number(), lastHour: LastHour }),
  memory: Type.Object({ usedBytes: Type.Integer(), totalBytes: Type.Integer(), lastHour: LastHour }),
  disk: Type.Object({
    usedBytes: Type.Integer(),
    totalBytes: Type.Integer(),
    /** By the growth of the last week; null: not known yet, or it does not grow. */
    daysLeft: Type.Union([Type.Integer(), Null]),
    lastHour: LastHour,
  }),
  network: Type.Object({ sentBitsPerSecond: Type.Integer(), lastHour: LastHour }),
  sessions: Type.Integer(),
  jumpClientsOnline: Type.Integer(),
  parts: Type.Array(PartStatus),
  /** null: this is no appliance image (a .deb, or `make run`): network, time, updates and power are the system's. */
  machine: Type.Union([Machine, Null]),
  clock: Type.Union([ClockState, Null]),
  slot: Type.Union([Type.Literal("a"), Type.Literal("b"), Null]),
  /** A restart that is announced: it happens at `at`, or as soon as no session runs; null: none. */
  power: Type.Union([PowerPlan, Null]),
  /** The newest things worth knowing: backups, updates, failed parts, restarts; titles are of appliance/events.ts. */
  events: Type.Array(Type.Object({ at: Time, health: Health, title: Type.String(), detail: Type.String() }), {
    maxItems: 20,
  }),
});
export type ApplianceStatus = Static<typeof ApplianceStatus>;

// GET /api/appliance/network -> NetworkState; POST …/network/try NetworkSettings; POST …/network/keep, …/network/revert

// POST /api/appliance/network/test -> ConnectionTests: everything this site is set up to reach, tried now

export const ConnectionTest = Type.Object({
  /** "smtp.example:587" */
  target: Type.String(),
  use: Type.Union(
    (
      [
        "gateway-address",
        "dns",
        "time",
        "email",
        "provider",
        "syslog",
        "backups",
        "updates",
        "standby",
        "acme",
      ] as const
    ).map((use) => Type.Literal(use)),
  ),
  health: Health,
  milliseconds: Type.Union([Type.Integer(), Null]),
  /** "Refused after 3 s"; "": reached. */
  problem: Type.String(),
});
export const ConnectionTests = Type.Object({ at: Time, tookMs: Type.Integer(), tests: Type.Array(ConnectionTest) });
export type ConnectionTests = Static<typeof ConnectionTests>;

// GET, PUT /api/appliance/time: ClockState, TimeSettings

// POST /api/appliance/power/restart, …/power/off, …/power/software PowerWish -> PowerPlan: told to running sessions first;
//      …/power/cancel. The software alone also by POST /api/login/restart, …/restart/cancel (settings.edit).

export const PowerWish = Type.Object({
  /** Running sessions are told, and have so long to end, in minutes. */
  drainMinutes: Type.Integer({ minimum: 0, maximum: 60 }),
});

// GET /api/appliance/logs?unit=&lines=; GET /api/appliance/support-bundle: a .tar.gz without secrets

export const LogQuery = Type.Object({
  unit: Type.Union(loggedUnits.map((unit) => Type.Literal(unit))),
  lines: Type.Optional(Type.Integer({ minimum: 1, maximum: 5000 })),
});
export const Logs = Type.Object({ lines: Type.Array(Type.String()) });

// GET /api/appliance/storage; the retention of records is set at /login > Security

export const Storage = Type.Object({
  totalBytes: Type.Integer(),
  freeBytes: Type.Integer(),
  /** Where it went, largest first. */
  uses: Type.Array(
    Type.Object({
      kind: Type.Union(
        (["database", "recordings", "transfers", "backups", "updates", "logs", "other"] as const).map((kind) =>
          Type.Literal(kind),
        ),
      ),
      bytes: Type.Integer(),
    }),
  ),
  /** Below so much free space an alert is sent and backups to disk stop. */
  alertBelowBytes: Type.Integer(),
  oldestAuditRowAt: NullableTime,
});
export type Storage = Static<typeof Storage>;
