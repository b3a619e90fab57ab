import type { InterfaceSettings, NetworkSettings, NetworkState } from "../../protocol/appliance/network-settings.ts";
import { readAddress, readNetwork } from "../network/ip-address.ts";
import { ask, askWord, attempt, type Page, type PageContext, pause, writeTitle } from "./page.ts";
import type { Terminal } from "./terminal.ts";

/** Addresses of one interface: DHCP, static, VLAN, or off. */
export const networkPage: Page = {
  title: "Network",
  async show(context) {
    const { terminal } = context;
    writeTitle(terminal, "Network");
    const state = await attempt(terminal, () => context.ask("network.read", {}));
    if (state === null) return;
    writeInterfaces(terminal, state);
    const one = await chooseInterface(terminal, state.settings);
    const changed = one === null ? null : await askSettings(terminal, one);
    if (changed === null) return;
    const interfaces = state.settings.interfaces.map((former) => (former.name === changed.name ? changed : former));
    await tryNetwork(context, { ...state.settings, interfaces });
  },
};

function writeInterfaces(terminal: Terminal, { settings, interfaces, gateways, dnsServers }: NetworkState): void {
  for (const one of settings.interfaces) {
    const state = interfaces.find(({ name }) => name === one.name);
    const cable = state?.hasCarrier === true ? "connected" : "no cable";
    const vlan = one.vlan === null ? "" : `, VLAN ${one.vlan}`;
    terminal.write(`  ${one.name.padEnd(12)} ${one.addressing}${vlan}, ${cable}, ${state?.macAddress ?? ""}\n`);
    for (const address of state?.addresses ?? []) terminal.write(`  ${"".padEnd(12)} ${address}\n`);
  }
  terminal.write(`  ${"Gateway".padEnd(12)} ${gateways.join(", ") || "none"}\n`);
  terminal.write(`  ${"DNS".padEnd(12)} ${dnsServers.join(", ") || "none"}\n\n`);
}

async function chooseInterface(terminal: Terminal, { interfaces }: NetworkSettings): Promise<InterfaceSettings | null> {
  const [first] = interfaces;
  if (first === undefined) {
    terminal.write("This machine has no network interface. Add one in the hypervisor.\n");
    await pause(terminal);
    return null;
  }
  if (interfaces.length === 1) return first;
  const names = interfaces.map(({ name }) => name);
  const name = await askWord(terminal, "Which interface", names);
  return interfaces.find((one) => one.name === name) ?? null;
}

async function askSettings(terminal: Terminal, former: InterfaceSettings): Promise<InterfaceSettings | null> {
  terminal.write("An empty line goes back and changes nothing.\n");
  const addressing = await askWord(terminal, `Addressing of ${former.name}`, ["dhcp", "static", "off"]);
  if (addressing === null) return null;
  const bare = { ...former, addressing, addresses: [], gateways: [], vlan: null };
  if (addressing === "off") return bare;
  const vlan = await askVlan(terminal);
  if (vlan === null) return null;
  if (addressing === "dhcp") return { ...bare, ...vlan };
  const addresses = await askAddresses(terminal);
  if (addresses === null) return null;
  const gateways = await askGateways(terminal);
  return gateways === null ? null : { ...bare, ...vlan, addresses, gateways };
}

async function askVlan(terminal: Terminal): Promise<{ vlan: number | null } | null> {
  return await ask<{ vlan: number | null }>(terminal, "VLAN (1 to 4094, or none)", (text) => {
    if ("none".startsWith(text.toLowerCase())) return { value: { vlan: null } };
    const vlan = /^[0-9]{1,4}$/u.test(text) ? Number(text) : 0;
    return vlan >= 1 && vlan <= 4094 ? { value: { vlan } } : { problem: "A VLAN is a number from 1 to 4094." };
  });
}

async function askAddresses(terminal: Terminal): Promise<string[] | null> {
  return await ask(terminal, "Addresses with prefix, such as 10.40.0.12/24", (text) => {
    const addresses = words(text);
    const wrong = addresses.find((address) => readNetwork(address) === null);
    return wrong === undefined ? { value: addresses } : { problem: `${shown(wrong)} is no address with a prefix.` };
  });
}

async function askGateways(terminal: Terminal): Promise<string[] | null> {
  return await ask(terminal, "Gateway (or none)", (text) => {
    const gateways = text.toLowerCase() === "none" ? [] : words(text);
    const wrong = gateways.find((gateway) => readAddress(gateway) === null);
    return wrong === undefined ? { value: gateways } : { problem: `${shown(wrong)} is no address.` };
  });
}

/** A list as people type it: with spaces, commas, or both. */
export function words(text: string): string[] {
  return text.split(/[\s,]+/u).filter((word) => word !== "");
}

/** What was typed, short enough to be shown. */
export function shown(text: string): string {
  return text.length <= 60 ? text : `${text.slice(0, 57)}...`;
}

/** Makes settings hold, shows what came of them, and keeps them if told to. */
export async function tryNetwork(context: PageContext, settings: NetworkSettings): Promise<void> {
  const { terminal } = context;
  terminal.write("\nApplying ...\n");
  const tried = await attempt(terminal, () => context.ask("network.try", settings));
  if (tried === null) return;
  await Bun.sleep(SETTLE_MS);
  const state = (await attempt(terminal, () => context.ask("network.read", {}))) ?? tried;
  terminal.write("\n");
  writeInterfaces(terminal, state);
  terminal.write("These settings go back by themselves in two minutes.\n");
  const answer = await askWord(terminal, "Keep them", ["yes", "no"]);
  const done = await attempt(terminal, () => context.ask(answer === "yes" ? "network.keep" : "network.revert", {}));
  if (done === null) return;
  terminal.write(answer === "yes" ? "\nThe settings are kept.\n" : "\nThe former settings hold again.\n");
  await pause(terminal);
}

/** DHCP and a link that comes up take about so long. */
const SETTLE_MS = 3_000;
