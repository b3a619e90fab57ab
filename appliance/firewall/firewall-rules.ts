import type { FirewallRule } from "../../protocol/appliance/system-actions.ts";
import { AppError } from "../../protocol/errors.ts";
import { readNetwork } from "../network/ip-address.ts";

/** The table that is replaced; appliance/image/overlay/etc/nftables.conf makes its first form. */
const TABLE = "inet causeway";

/** @throws {AppError} network.invalid for a source that is no network */
export function checkFirewallRules(rules: readonly FirewallRule[]): void {
  for (const source of rules.flatMap(({ from }) => from)) {
    if (readNetwork(source) === null) {
      throw new AppError("network.invalid", `${source} is no network with its prefix, such as 10.40.0.0/16.`);
    }
  }
}

/**
 * nft's script that replaces the whole table at once. Protocols are numbers: a name would need /etc/protocols, and a rule
 * that does not load leaves the former ones.
 */
export function firewallScript(rules: readonly FirewallRule[]): string {
  const lines = rules.flatMap(acceptLines).map((line) => `    ${line}`);
  return [
    `table ${TABLE}`,
    `delete table ${TABLE}`,
    `table ${TABLE} {`,
    "  chain input {",
    "    type filter hook input priority 0; policy drop;",
    "    ct state established,related accept",
    "    ct state invalid drop",
    '    iif "lo" accept',
    "    icmp type { echo-request, destination-unreachable, time-exceeded, parameter-problem } accept",
    "    meta l4proto 58 accept",
    "    udp dport { 68, 546 } accept",
    ...lines,
    "  }",
    "  chain forward {",
    "    type filter hook forward priority 0; policy drop;",
    "  }",
    "}",
    "",
  ].join("\n");
}

function acceptLines({ protocol, port, from }: FirewallRule): string[] {
  const accept = `${protocol} dport ${port} accept`;
  if (from.length === 0) return [accept];
  const families = [
    ["ip", from.filter((source) => !source.includes(":"))],
    ["ip6", from.filter((source) => source.includes(":"))],
  ] as const;
  return families.flatMap(([family, sources]) =>
    sources.map((source) => `${family} saddr ${networkOf(source)} ${accept}`),
  );
}

/** nft takes 10.40.0.12/24 as 10.40.0.0/24, but refuses "/0" beside an address; what means everybody says so plainly. */
function networkOf(source: string): string {
  if (!source.endsWith("/0")) return source;
  return source.includes(":") ? "::/0" : "0.0.0.0/0";
}
