/**
 * What the server may ask of the system. The helper runs as root behind a Unix socket that only the server's group may
 * open; this list is all it does, and every field has a shape. One connection is one request: a line of JSON there, lines
 * of JSON back, `progress` any number of times and then `done` or `refused`. A connection that ends early cancels what can
 * be cancelled (`update.stage`); everything else is done or not done, never half.
 */
import { type Static, type TSchema, Type } from "@sinclair/typebox";
import { errorCodes } from "../errors.ts";
import { NetworkSettings, NetworkState, TimeSettings } from "./network-settings.ts";
import { Release, UpdateManifest } from "./update-manifest.ts";

/** The helper's socket on an appliance. */
export const HELPER_SOCKET = "/run/causeway/helper.sock";
/** The longest line either side may send, in bytes. */
export const MAX_HELPER_LINE_BYTES = 256 << 10;

const Nothing = Type.Object({});
const Null = Type.Null();

export const Slot = Type.Union([Type.Literal("a"), Type.Literal("b")]);
export type Slot = Static<typeof Slot>;
export const SlotState = Type.Object({
  slot: Slot,
  /** null: nothing was ever written there, or what is there does not read. */
  version: Type.Union([Release, Null]),
  isRunning: Type.Boolean(),
  /** Was healthy once after a start. */
  isGood: Type.Boolean(),
  /** How often it may still be tried without having been healthy. */
  triesLeft: Type.Integer({ minimum: 0, maximum: 3 }),
  /** The one the next start takes. */
  isNext: Type.Boolean(),
  manifest: Type.Union([UpdateManifest, Null]),
});
export type SlotState = Static<typeof SlotState>;

/** What the machine is. */
export const Machine = Type.Object({
  version: Type.String(),
  /** "vmware", "kvm", "microsoft", "oracle" …, as systemd-detect-virt names it; "none": no virtual machine. */
  virtualization: Type.String(),
  /** The maker's and the product's name as SMBIOS gives them. */
  model: Type.String(),
  firmware: Type.Union([Type.Literal("bios"), Type.Literal("uefi"), Type.Literal("uefi-secure-boot")]),
  /** From the SMBIOS UUID; the same in both slots. */
  serial: Type.String(),
  startedAt: Type.String(),
  /** Why the data partition can only be read, or null. */
  dataReadOnlyReason: Type.Union([Type.String(), Null]),
});
export type Machine = Static<typeof Machine>;

export const ClockState = Type.Object({
  settings: TimeSettings,
  isSynchronized: Type.Boolean(),
  /** null: not synchronized. */
  source: Type.Union([Type.String(), Null]),
  offsetMs: Type.Union([Type.Number(), Null]),
});
export type ClockState = Static<typeof ClockState>;

/** A port the firewall lets in, and from where. */
export const FirewallRule = Type.Object({
  protocol: Type.Union([Type.Literal("tcp"), Type.Literal("udp")]),
  port: Type.Integer({ minimum: 1, maximum: 65535 }),
  /** Networks as address/prefix; empty: from anywhere. */
  from: Type.Array(Type.String({ maxLength: 49, pattern: "^[0-9a-fA-F:.]+/[0-9]{1,3}$" }), { maxItems: 256 }),
});
export type FirewallRule = Static<typeof FirewallRule>;

/** Services whose journal may be read. */
export const loggedUnits = ["causeway", "causeway-helper", "causeway-bless", "chrony", "nftables", "kernel"] as const;
const LoggedUnit = Type.Union(loggedUnits.map((unit) => Type.Literal(unit)));

/** By action: what is asked, what is answered. */
export const systemActions = {
  "machine.read": { asks: Nothing, answers: Machine },
  "network.read": { asks: Nothing, answers: NetworkState },
  /** Applied at once, for NETWORK_TRIAL_SECONDS; a second one while one is tried is refused. */
  "network.try": { asks: NetworkSettings, answers: NetworkState },
  "network.keep": { asks: Nothing, answers: NetworkState },
  "network.revert": { asks: Nothing, answers: NetworkState },
  "clock.read": { asks: Nothing, answers: ClockState },
  "clock.set": { asks: TimeSettings, answers: ClockState },
  /** All of the rules; what is not named is closed. Replaced as a whole or not at all. */
  "firewall.set": { asks: Type.Object({ rules: Type.Array(FirewallRule, { maxItems: 64 }) }), answers: Nothing },
  "slots.read": { asks: Nothing, answers: Type.Object({ slots: Type.Array(SlotState, { minItems: 2, maxItems: 2 }) }) },
  /**
   * Checks the bundle that lies in the server's folder `updates/` under this name, all of it, then writes it into the slot
   * that does not run and reads it back. The next start is unchanged. Progress: bytes checked and written of all.
   */
  "update.stage": {
    asks: Type.Object({ file: Type.String({ maxLength: 80, pattern: "^[A-Za-z0-9][A-Za-z0-9._-]*$" }) }),
    answers: SlotState,
  },
  /** The next start takes this slot; three tries, then the other again. Refused for a slot that holds nothing whole. */
  "slots.choose": { asks: Type.Object({ slot: Slot }), answers: Type.Object({ slots: Type.Array(SlotState) }) },
  "power.restart": { asks: Nothing, answers: Nothing },
  "power.off": { asks: Nothing, answers: Nothing },
  "journal.read": {
    asks: Type.Object({
      unit: LoggedUnit,
      lines: Type.Integer({ minimum: 1, maximum: 5000 }),
    }),
    answers: Type.Object({ lines: Type.Array(Type.String()) }),
  },
} as const satisfies Record<string, { asks: TSchema; answers: TSchema }>;

export type SystemAction = keyof typeof systemActions;
export type Asks<A extends SystemAction> = Static<(typeof systemActions)[A]["asks"]>;
export type Answers<A extends SystemAction> = Static<(typeof systemActions)[A]["answers"]>;

/** The one line of a request. */
export const HelperRequest = Type.Object({ action: Type.String({ maxLength: 40 }), asks: Type.Unknown() });

/** A line of an answer. */
export const HelperLine = Type.Union([
  Type.Object({ kind: Type.Literal("progress"), done: Type.Integer(), total: Type.Integer() }),
  Type.Object({ kind: Type.Literal("done"), answers: Type.Unknown() }),
  Type.Object({
    kind: Type.Literal("refused"),
    code: Type.Union(errorCodes.map((code) => Type.Literal(code))),
    message: Type.String(),
  }),
]);
export type HelperLine = Static<typeof HelperLine>;
