/** What the page says of monitoring systems that were not answered. Pure. */
import type { SnmpRefusal } from "../../../protocol/api/appliance/services.ts";

/** Why somebody was not answered. */
export const snmpRefusals: Readonly<Record<SnmpRefusal["why"], string>> = {
  network: "its address is in none of the networks",
  malformed: "what it sent is no SNMP",
  "older-version": "it asked by version 1 or 2c",
  "not-encrypted": "it asked without a proof, or in the clear",
  "unknown-user": "it gave another user name",
  "wrong-key": "one of its keys is another",
  "other-context": "it named a context, and there is only the one without a name",
};
