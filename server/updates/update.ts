/**
 * One update from its first byte to the start of the new version: which step is done, which runs, and what the whole is.
 * Pure; the table keeps it after each change, so that a start finds out where it was.
 */
import type { Static } from "@sinclair/typebox";
import type { Update as UpdateShape, UpdateStep as StepShape } from "../../protocol/api/appliance/updates.ts";
import { updateSteps } from "../../protocol/api/appliance/updates.ts";
import type { Slot } from "../../protocol/appliance/system-actions.ts";
import type { UpdateManifest } from "../../protocol/appliance/update-manifest.ts";

/** A step's name. */
export type StepName = (typeof updateSteps)[number];
type Step = Static<typeof StepShape>;
/** What the whole is. */
export type UpdateState = UpdateShape["state"];

/** As it is kept. Times are UTC ISO 8601. */
export interface UpdateRecord {
  readonly id: string;
  readonly version: string;
  readonly source: "upload" | "address";
  /** In the folder of updates; the helper reads it there. */
  readonly fileName: string;
  readonly sizeBytes: number;
  readonly receivedBytes: number;
  readonly manifest: Static<typeof UpdateManifest> | null;
  readonly steps: readonly Step[];
  readonly state: UpdateState;
  readonly restartsAt: string | null;
  readonly drainMinutes: number;
  readonly fromVersion: string;
  /** Where it was written to. */
  readonly slot: Slot | null;
  readonly begunAt: string;
  readonly endedAt: string | null;
}

/** What is known of it when it begins. */
export type Beginning = Pick<
  UpdateRecord,
  "id" | "version" | "source" | "fileName" | "sizeBytes" | "fromVersion" | "begunAt"
>;

/** Its first byte is awaited. */
export function begin(beginning: Beginning): UpdateRecord {
  const steps = updateSteps.map((step): Step => ({ step, state: "waiting", at: null, progress: null, detail: "" }));
  return {
    ...beginning,
    ...{ receivedBytes: 0, manifest: null, steps, state: "receiving", restartsAt: null, drainMinutes: 0 },
    ...{ slot: null, endedAt: null },
  };
}

/** A step is as it is now. */
export function withStep(
  record: UpdateRecord,
  name: StepName,
  state: Step["state"],
  at: string,
  detail = "",
): UpdateRecord {
  const change = (step: Step): Step => (step.step === name ? { ...step, state, at, detail } : step);
  return { ...record, steps: record.steps.map(change) };
}

/** It has come to an end, good or bad. */
export function ended(record: UpdateRecord, state: UpdateState, at: string): UpdateRecord {
  return { ...record, state, endedAt: at, restartsAt: null };
}

/** A step failed, and with it the whole. */
export function failed(record: UpdateRecord, name: StepName, why: string, at: string): UpdateRecord {
  return ended(withStep(record, name, "failed", at, why), "failed", at);
}

/** The steps of preparing, in order. */
export const preparing = ["verified", "backed-up", "rehearsed", "staged"] as const satisfies readonly StepName[];

/** The next of them; null: all are done. */
export function nextToPrepare({ steps }: UpdateRecord): (typeof preparing)[number] | null {
  const isOpen = (name: StepName): boolean =>
    steps.some(({ step, state }) => step === name && state !== "done" && state !== "skipped");
  return preparing.find(isOpen) ?? null;
}

/** Whether nothing more happens with it. */
export const isOver = ({ state }: Pick<UpdateRecord, "state">): boolean =>
  state === "finished" || state === "returned" || state === "cancelled" || state === "failed";

/** Whether it may still be cancelled without a trace. */
export const isCancellable = ({ state }: Pick<UpdateRecord, "state">): boolean =>
  state === "receiving" || state === "preparing" || state === "ready";
