import type { DisplayAddress } from "../x11/connection.ts";

/** A display before a customer, and in which locale they work there; null: not known. */
export interface CustomerDisplay extends DisplayAddress {
  readonly locale: string | null;
}
