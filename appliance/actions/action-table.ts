import { ClockSettings } from "../clock/clock-settings.ts";
import { Firewall } from "../firewall/firewall.ts";
import { readJournal } from "../machine/journal.ts";
import { readMachine } from "../machine/read-machine.ts";
import { Network } from "../network/network.ts";
import { blockDevices } from "../slots/block-device.ts";
import { Slots } from "../slots/slots.ts";
import { UpdateStaging } from "../slots/update-staging.ts";
import type { System } from "../system/system.ts";
import type { ActionTable } from "./actions.ts";

/** The actions, and what of them goes on by itself. */
export interface HelperParts extends Disposable {
  readonly table: ActionTable;
  readonly network: Network;
  readonly clock: ClockSettings;
}

/** Opens what the actions work on. */
export function openParts(system: System): HelperParts {
  const openDevice = blockDevices(system.paths);
  const slots = new Slots(system, openDevice);
  const network = new Network(system);
  const clock = new ClockSettings(system);
  const firewall = new Firewall(system);
  const staging = new UpdateStaging(system, slots, openDevice);
  const table = actionTable({ system, network, clock, firewall, slots, staging });
  return { table, network, clock, [Symbol.dispose]: () => network[Symbol.dispose]() };
}

interface Nouns {
  readonly system: System;
  readonly network: Network;
  readonly clock: ClockSettings;
  readonly firewall: Firewall;
  readonly slots: Slots;
  readonly staging: UpdateStaging;
}

/** Everything the server may ask of the system, one line each. */
function actionTable({ system, network, clock, firewall, slots, staging }: Nouns): ActionTable {
  const power = async (verb: "reboot" | "poweroff"): Promise<Record<string, never>> => {
    await system.commands.run("systemctl", ["--no-block", verb]);
    return {};
  };
  return {
    "machine.read": () => readMachine(system),
    "network.read": () => network.read(),
    "network.try": (settings) => network.try(settings),
    "network.keep": () => network.keep(),
    "network.revert": () => network.revert(),
    "clock.read": () => clock.read(),
    "clock.set": (settings) => clock.set(settings),
    "firewall.set": async ({ rules }) => {
      await firewall.set(rules);
      return {};
    },
    "slots.read": () => ({ slots: slots.states() }),
    "slots.choose": ({ slot }) => ({ slots: slots.choose(slot) }),
    "update.stage": ({ file }, { signal, report }) => staging.stage(file, { signal, report }),
    "power.restart": () => power("reboot"),
    "power.off": () => power("poweroff"),
    "journal.read": (asks) => readJournal(system, asks),
  };
}
