/** Restarting the appliance or its software and switching it off, from whichever page asks. */
import { PowerPlan } from "../../../protocol/api/appliance/status.ts";
import { Nothing } from "../../../protocol/api/common.ts";
import { api } from "../../connection/api.ts";
import { box } from "../box/box.svelte.ts";

/** What can be asked of it. */
export type PowerKind = "software" | "restart" | "off";

/** Announces it to running sessions. @throws {AppError} what the server refuses */
export async function askPower(kind: PowerKind, drainMinutes: number): Promise<void> {
  await api.post(`/api/appliance/power/${kind}`, { drainMinutes }, PowerPlan);
  box.expect(kind);
  await box.ask();
}

/** Takes it back. @throws {AppError} what the server refuses */
export async function cancelPower(): Promise<void> {
  await api.post("/api/appliance/power/cancel", {}, Nothing);
  box.expectNothing();
  await box.ask();
}
