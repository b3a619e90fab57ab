import { Value } from "@sinclair/typebox/value";
import { HostName, HostOrAddress } from "../../protocol/appliance/network-settings.ts";
import { readAddress } from "../network/ip-address.ts";
import { shown, tryNetwork, words } from "./network-page.ts";
import { ask, attempt, type Page, pause, writeTitle } from "./page.ts";

/** The machine's own name. */
export const hostNamePage: Page = {
  title: "Host name",
  async show(context) {
    const { terminal } = context;
    writeTitle(terminal, "Host name");
    const state = await attempt(terminal, () => context.ask("network.read", {}));
    if (state === null) return;
    terminal.write(`  ${state.settings.hostname}\n\n`);
    const hostname = await ask(terminal, "New name, such as support.example.com (empty: no change)", (text) => {
      const name = text.toLowerCase();
      return Value.Check(HostName, name) ? { value: name } : { problem: `${shown(text)} is no host name.` };
    });
    if (hostname !== null) await tryNetwork(context, { ...state.settings, hostname });
  },
};

/** DNS servers beside those that DHCP names. */
export const dnsPage: Page = {
  title: "DNS",
  async show(context) {
    const { terminal } = context;
    writeTitle(terminal, "DNS");
    const state = await attempt(terminal, () => context.ask("network.read", {}));
    if (state === null) return;
    terminal.write(`  Asked now    ${state.dnsServers.join(", ") || "none"}\n`);
    terminal.write(`  Set here     ${state.settings.dnsServers.join(", ") || "none, those of DHCP"}\n\n`);
    const dnsServers = await ask(terminal, "Servers' addresses, or none (empty: no change)", (text) => {
      const servers = text.toLowerCase() === "none" ? [] : words(text);
      const wrong = servers.find((server) => readAddress(server) === null);
      return wrong === undefined ? { value: servers } : { problem: `${shown(wrong)} is no address.` };
    });
    if (dnsServers !== null) await tryNetwork(context, { ...state.settings, dnsServers });
  },
};

/** Who is asked for the time. */
export const timePage: Page = {
  title: "Time servers",
  async show(context) {
    const { terminal } = context;
    writeTitle(terminal, "Time servers");
    const state = await attempt(terminal, () => context.ask("clock.read", {}));
    if (state === null) return;
    terminal.write(`  Time now     ${context.system.clock.now().toISOString().slice(0, 19).replace("T", " ")} UTC\n`);
    terminal.write(`  Follows      ${state.isSynchronized ? (state.source ?? "a clock of the host") : "nobody yet"}\n`);
    terminal.write(`  Set here     ${state.settings.ntpServers.join(", ") || "none, those of DHCP or Debian's"}\n\n`);
    const ntpServers = await ask(terminal, "Names or addresses, or none (empty: no change)", (text) => {
      const servers = text.toLowerCase() === "none" ? [] : words(text);
      const wrong = servers.find((server) => !Value.Check(HostOrAddress, server));
      return wrong === undefined
        ? { value: servers }
        : { problem: `${shown(wrong)} is neither a name nor an address.` };
    });
    if (ntpServers === null) return;
    const done = await attempt(terminal, () => context.ask("clock.set", { ...state.settings, ntpServers }));
    if (done === null) return;
    terminal.write("\nThe time servers are set.\n");
    await pause(terminal);
  },
};
