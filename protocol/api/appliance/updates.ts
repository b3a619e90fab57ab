/** /appliance > Updates. All need an appliance administrator. Uploads are slices, so that a lost line costs one. */
import { type Static, Type } from "@sinclair/typebox";
import { MAX_BUNDLE_BYTES, UpdateManifest } from "../../appliance/update-manifest.ts";
import { SlotState } from "../../appliance/system-actions.ts";
import { NullableTime, Time } from "../common.ts";

const Null = Type.Null();

/** In this order; each is done, runs, waits, or failed with a reason. */
export const updateSteps = [
  "received",
  "verified",
  "backed-up",
  "rehearsed",
  "staged",
  "restarted",
  "healthy",
] as const;
export const UpdateStep = Type.Object({
  step: Type.Union(updateSteps.map((step) => Type.Literal(step))),
  state: Type.Union(["done", "running", "waiting", "failed", "skipped"].map((state) => Type.Literal(state))),
  at: NullableTime,
  /** 0 to 1 while it runs and its size is known. */
  progress: Type.Union([Type.Number({ minimum: 0, maximum: 1 }), Null]),
  /** What it did, or why it failed and what to do; words. */
  detail: Type.String(),
});
export type UpdateStep = Static<typeof UpdateStep>;

export const Update = Type.Object({
  id: Type.String(),
  /** As its manifest says; until it is verified, as the file is called or the address says. */
  version: Type.String(),
  source: Type.Union([Type.Literal("upload"), Type.Literal("address")]),
  sizeBytes: Type.Integer(),
  /** So many are safe on the disk: an upload that broke off goes on from here. */
  receivedBytes: Type.Integer(),
  /** What ran when it began. */
  fromVersion: Type.String(),
  begunAt: Time,
  endedAt: NullableTime,
  manifest: Type.Union([UpdateManifest, Null]),
  steps: Type.Array(UpdateStep),
  /** When it restarts by itself; null: when somebody says so. */
  restartsAt: NullableTime,
  /** finished: healthy in its slot. returned: the former version runs again by itself. */
  state: Type.Union(
    ["receiving", "preparing", "ready", "restarting", "finished", "returned", "cancelled", "failed"].map((state) =>
      Type.Literal(state),
    ),
  ),
});
export type Update = Static<typeof Update>;

/** One window a week or every day, in the appliance's time zone. */
export const UpdateWindow = Type.Object({
  /** 1 Monday to 7 Sunday. */
  weekdays: Type.Array(Type.Integer({ minimum: 1, maximum: 7 }), { minItems: 1, maxItems: 7 }),
  /** "02:00" */
  from: Type.String({ pattern: "^([01][0-9]|2[0-3]):[0-5][0-9]$" }),
  /** "04:00"; before `from`: on the next day. */
  to: Type.String({ pattern: "^([01][0-9]|2[0-3]):[0-5][0-9]$" }),
});

export const UpdateSettings = Type.Object({
  /** https; "": bundles are only uploaded. Its latest.json is an UpdateFeed. */
  address: Type.String({ maxLength: 500 }),
  downloadsBySelf: Type.Boolean(),
  /** nothing, releases with a security note, or every release: in the window, when no session runs (NA40: on by default). */
  installsBySelf: Type.Union(["never", "security", "always"].map((kind) => Type.Literal(kind))),
  window: UpdateWindow,
  /** PEM of who signs the certificate of `address`, beside the public ones; "": only those; absent: as it was. */
  certificateAuthority: Type.Optional(Type.String({ maxLength: 100_000 })),
});
export type UpdateSettings = Static<typeof UpdateSettings>;

// GET /api/appliance/updates

export const Updates = Type.Object({
  /** null: no appliance image; its package manager updates it. */
  slots: Type.Union([Type.Array(SlotState), Null]),
  current: Type.Union([Update, Null]),
  history: Type.Array(Update, { maxItems: 20 }),
  settings: UpdateSettings,
  lastCheckedAt: NullableTime,
  /** "": the last check found its way. */
  lastCheckProblem: Type.String(),
});
export type Updates = Static<typeof Updates>;

// PUT    /api/appliance/updates/settings UpdateSettings
// POST   /api/appliance/updates {name, sizeBytes} -> Update (state receiving); one at a time: update.running
// PUT    /api/appliance/updates/:id/content?offset=N (octet-stream, one slice of at most 8 MiB) -> {receivedBytes}
// POST   /api/appliance/updates/check -> Updates: asks the address now, and begins to download
// POST   /api/appliance/updates/:id/restart {drainMinutes, at?} -> Update
// POST   /api/appliance/updates/:id/cancel -> Update: any time before it restarts
// POST   /api/appliance/updates/return {drainMinutes} -> Updates: the other slot, if it was good once

export const BeginUpload = Type.Object({
  name: Type.String({ minLength: 1, maxLength: 200 }),
  sizeBytes: Type.Integer({ minimum: 1, maximum: MAX_BUNDLE_BYTES }),
});
export const ReceivedContent = Type.Object({ receivedBytes: Type.Integer() });
export const RestartWish = Type.Object({
  drainMinutes: Type.Integer({ minimum: 0, maximum: 60 }),
  at: Type.Optional(Time),
});
