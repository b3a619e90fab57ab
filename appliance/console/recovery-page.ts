import { join } from "node:path";
import { dataMount, dataReadOnlyReason } from "../machine/data-partition.ts";
import type { System } from "../system/system.ts";
import { ask, attempt, type Page, pause, writeTitle } from "./page.ts";
import { shutDown } from "./power-pages.ts";

/** A check of a large disk takes its time. */
const CHECK_TIMEOUT_MS = 60 * 60_000;

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
    const outcome = await attempt(terminal, () => repair(system));
    if (outcome === null) return;
    terminal.write(`\n${outcome}\n`);
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

async function repair(system: System): Promise<string> {
  const { commands, paths } = system;
  await commands.attempt("systemctl", ["stop", "causeway.service", "causeway-bless.service"], { timeoutMs: 60_000 });
  if (dataMount(paths) !== "none") {
    // In memory by now, or on the damaged partition itself: either way it has to go first.
    await commands.attempt("umount", ["--lazy", paths.varFolder]);
    const { exitCode } = await commands.attempt("umount", [paths.data]);
    if (exitCode !== 0) return "The partition is in use. It is checked and repaired by the restart that follows.";
  }
  const { exitCode, output } = await commands.attempt("fsck", ["-f", "-y", join(paths.disks, "data")], {
    timeoutMs: CHECK_TIMEOUT_MS,
  });
  const lastLine = output.trim().split("\n").at(-1)?.slice(0, 200) ?? "";
  // e2fsck(8): 1 and 2 mean that everything was mended.
  return exitCode !== null && exitCode <= 2
    ? `The data partition was repaired. ${lastLine}`
    : `The data partition could not be repaired whole. ${lastLine}`;
}
