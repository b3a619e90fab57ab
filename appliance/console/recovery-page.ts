import { dataReadOnlyReason } from "../machine/data-partition.ts";
import { type RepairResult, repairData } from "../machine/data-repair.ts";
import type { System } from "../system/system.ts";
import { ask, attempt, type Page, pause, writeTitle } from "./page.ts";
import { shutDown } from "./power-pages.ts";

const OUTCOMES: Readonly<Record<RepairResult, string>> = {
  repaired: "The data partition was repaired. The appliance restarts now.",
  "in use":
    "The partition is in use and cannot be repaired now. It is checked while the\nappliance restarts, which it does now.",
  "beyond repair":
    "The data partition cannot be repaired. Factory reset makes a new, empty one;\nthen restore a backup. The appliance restarts now.",
};

/** What can be done about a damaged data partition without a rescue disk. */
export const recoveryPage: Page = {
  title: "Recovery",
  async show(context) {
    const { terminal, system } = context;
    writeTitle(terminal, "Recovery");
    const reason = dataReadOnlyReason(system.paths);
    terminal.write(`${await failedUnits(system)}\n`);
    if (reason === null) {
      terminal.write("The data partition is mounted and can be written: nothing is to be repaired.\n");
      return await pause(terminal);
    }
    terminal.write(`${reason}\n\nA repair checks the file system and mends what it finds. Files that cannot be\n`);
    terminal.write("saved are lost. If the disk itself is failing, copy it in the hypervisor first.\n\n");
    const typed = await ask(terminal, 'Type "repair" to check and repair (empty: go back)', (text) =>
      text === "repair" ? { value: text } : { problem: "Nothing was done." },
    );
    if (typed === null) return;
    terminal.write("\nChecking; this takes a while ...\n");
    const outcome = await attempt(terminal, () => repairData(system));
    if (outcome === null) return;
    terminal.write(`\n${OUTCOMES[outcome]}\n`);
    await pause(terminal);
    await shutDown(context, "power.restart");
  },
};

async function failedUnits({ commands }: System): Promise<string> {
  const { output } = await commands.attempt("systemctl", ["--failed", "--no-legend", "--plain", "--no-pager"]);
  const units = output.split("\n").flatMap((line) => line.split(/\s+/u)[0] || []);
  return units.length === 0
    ? "Every service of the system started.\n"
    : `Not started: ${units.join(", ").slice(0, 600)}\n`;
}
