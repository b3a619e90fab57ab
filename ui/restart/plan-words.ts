/** What a restart that is announced is called. */
import type { PowerPlan } from "../../protocol/api/appliance/status.ts";

export const planTitles: Readonly<Record<PowerPlan["kind"], string>> = {
  restart: "The appliance is about to restart.",
  off: "The appliance is about to be switched off.",
  update: "The appliance is about to restart into the other version.",
  software: "The software is about to restart.",
};
