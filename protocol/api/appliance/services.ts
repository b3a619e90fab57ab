/** /appliance > Support: where the appliance tells of itself. All need an appliance administrator. Secrets are written, never read. */
import { type Static, Type } from "@sinclair/typebox";
import { NullableTime, Time } from "../common.ts";
import { joined } from "../../shapes.ts";

const Null = Type.Null();
const Host = Type.String({ maxLength: 253 });
const Port = Type.Integer({ minimum: 1, maximum: 65535 });

// GET, PUT /api/appliance/syslog; POST /api/appliance/syslog/test

export const SyslogSettings = Type.Object({
  isEnabled: Type.Boolean(),
  host: Host,
  port: Port,
  transport: Type.Union(["udp", "tcp", "tls"].map((transport) => Type.Literal(transport))),
  /** PEM of who signs the receiver's certificate; "": the system's authorities. */
  authorityPem: Type.String({ maxLength: 100_000 }),
});
export type SyslogSettings = Static<typeof SyslogSettings>;
export const Syslog = joined(
  SyslogSettings,
  Type.Object({
    /** Audit rows that are not sent yet. */
    waiting: Type.Integer(),
    lastSentAt: NullableTime,
    problem: Type.String(),
  }),
);

// GET, PUT /api/appliance/snmp

/** SNMP v3 alone, proved, encrypted and read only: v2c has no secret worth the name. */
export const SnmpSettings = Type.Object({
  isEnabled: Type.Boolean(),
  /** UDP. */
  port: Port,
  username: Type.String({ maxLength: 32, pattern: "^[A-Za-z0-9._-]*$" }),
  /** Addresses and networks that are answered; nobody else hears anything. */
  networks: Type.Array(Type.String({ maxLength: 49 }), { maxItems: 32 }),
});
export type SnmpSettings = Static<typeof SnmpSettings>;

/** Who asked last and was not answered, and why. */
export const SnmpRefusal = Type.Object({
  at: Time,
  from: Type.String(),
  why: Type.Union(
    (
      ["network", "malformed", "older-version", "not-encrypted", "unknown-user", "wrong-key", "other-context"] as const
    ).map((why) => Type.Literal(why)),
  ),
});
export type SnmpRefusal = Static<typeof SnmpRefusal>;
export const Snmp = joined(
  SnmpSettings,
  Type.Object({
    hasKeys: Type.Boolean(),
    /** Since the service started. */
    lastAnsweredAt: NullableTime,
    lastRefused: Type.Union([SnmpRefusal, Null]),
    /** Why nobody is answered though it is switched on; "": somebody is. */
    problem: Type.String(),
  }),
);
export const ChangeSnmp = joined(
  SnmpSettings,
  Type.Object({
    /** Passphrases for HMAC-SHA-256 and AES-128; absent: as they were. */
    authenticationKey: Type.Optional(Type.String({ minLength: 12, maxLength: 128 })),
    privacyKey: Type.Optional(Type.String({ minLength: 12, maxLength: 128 })),
  }),
);

// GET, PUT /api/appliance/alerts: mails about the box, by the mail server set at /login > E-mail

export const AlertSettings = Type.Object({
  /** Who is told: a failed backup, a backup that did not come, a full disk, a certificate that ends, an update that returned. */
  recipients: Type.Array(Type.String({ minLength: 3, maxLength: 254 }), { maxItems: 10 }),
  /** One mail each day that says all is well (or what is not). */
  isDaily: Type.Boolean(),
});
export type AlertSettings = Static<typeof AlertSettings>;
export const Alerts = joined(
  AlertSettings,
  Type.Object({ lastSentAt: NullableTime, problem: Type.Union([Type.String(), Null]) }),
);
