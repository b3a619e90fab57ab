import type { ApplianceAccount } from "../../protocol/api/appliance/access.ts";

/** A page gets who looks at it. */
export interface PageProps {
  readonly account: ApplianceAccount;
}
