import { expect, test } from "bun:test";
import { join } from "node:path";
import type { FirewallRule } from "../../protocol/appliance/system-actions.ts";
import { openTestMachine } from "../test-system/machine.ts";
import { Firewall } from "./firewall.ts";
import { firewallScript } from "./firewall-rules.ts";

const IMAGE_RULES = join(import.meta.dir, "../image/overlay/etc/nftables.conf");

const rules: FirewallRule[] = [
  { protocol: "tcp", port: 443, from: [] },
  { protocol: "tcp", port: 8443, from: ["10.40.0.12/24", "2001:db8::/32", "0.0.0.0/0", "1.2.3.4/0"] },
  { protocol: "udp", port: 161, from: ["192.0.2.7/32"] },
];

/** Loads scripts one after the other in a network of their own, with Debian's nft. @returns the rules that hold then, or its complaint */
function load(...scripts: string[]): { exitCode: number; text: string } {
  const program = `for script in "$@"; do printf '%s' "$script" | nft -f - || failed=1; done; nft list ruleset; exit \${failed:-0}`;
  const { exitCode, stdout, stderr } = Bun.spawnSync([
    "unshare",
    "--map-root-user",
    "--net",
    "sh",
    "-c",
    program,
    "sh",
    ...scripts,
  ]);
  return { exitCode, text: `${stderr.toString()}${stdout.toString()}` };
}

test("Debian's nft takes our rules, also over those of the image, and twice", async () => {
  const image = await Bun.file(IMAGE_RULES).text();
  const { exitCode, text } = load(image, firewallScript(rules), firewallScript(rules));
  expect([exitCode, text]).toEqual([0, expect.stringContaining("policy drop")]);
  expect(text).toContain("tcp dport 443 accept");
  expect(text).toContain("ip saddr 10.40.0.0/24 tcp dport 8443 accept");
  expect(text).toContain("ip6 saddr 2001:db8::/32 tcp dport 8443 accept");
  expect(text).toContain("ip saddr 192.0.2.7 udp dport 161 accept");
  // The image's own ports are closed by rules that do not name them.
  expect(text).not.toContain("tcp_ports");
  expect(text.match(/table inet causeway/gu)).toHaveLength(1);
});

test("rules that do not load leave the former ones, whole", () => {
  const broken = firewallScript(rules).replace("tcp dport 443 accept", "tcp dport nosuchservice accept");
  const { exitCode, text } = load(firewallScript([{ protocol: "tcp", port: 9443, from: [] }]), broken);
  expect(exitCode).toBe(1);
  expect(text).toContain("tcp dport 9443 accept");
  expect(text).not.toContain("tcp dport 8443");
});

test("no rule at all lets nothing in but what the machine itself needs", () => {
  const { exitCode, text } = load(firewallScript([]));
  expect(exitCode).toBe(0);
  expect(text).not.toContain("tcp dport");
});

test("what was set is loaded again at the next start; what could not be loaded is not kept", async () => {
  using machine = openTestMachine();
  const firewall = new Firewall(machine.system);
  await firewall.restore();
  expect(machine.calls()).toEqual([]);
  await firewall.set(rules);
  expect(machine.nftInput()).toBe(firewallScript(rules));
  machine.fails("nft");
  await expect(firewall.set([])).rejects.toMatchObject({ code: "system.failed" });
  await expect(firewall.set([{ protocol: "tcp", port: 1, from: ["10.0.0.0/40"] }])).rejects.toMatchObject({
    code: "network.invalid",
  });
  Bun.spawnSync(["rm", join(machine.root, "bin/nft.fails")]);
  await new Firewall(machine.system).restore();
  expect(machine.nftInput()).toBe(firewallScript(rules));
});
