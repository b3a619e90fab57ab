import { askWord, attempt, type Page, type PageContext, pause, writeTitle } from "./page.ts";

/** How long the shutdown takes at most before the page says that it goes on. */
const SHUTDOWN_MS = 60_000;

/** Restarts the machine. */
export const restartPage: Page = powerPage("Restart", "Restart the appliance now", "power.restart");

/** Switches the machine off. */
export const powerOffPage: Page = powerPage("Power off", "Switch the appliance off now", "power.off");

function powerPage(title: string, question: string, action: "power.restart" | "power.off"): Page {
  return {
    title,
    async show(context) {
      writeTitle(context.terminal, title);
      context.terminal.write("Sessions that are open now are interrupted.\n\n");
      if ((await askWord(context.terminal, question, ["yes", "no"])) === "yes") await shutDown(context, action);
    },
  };
}

/** Asks for it and waits for it to happen. */
export async function shutDown({ terminal, ask }: PageContext, action: "power.restart" | "power.off"): Promise<void> {
  if ((await attempt(terminal, () => ask(action, {}))) === null) return;
  terminal.write(action === "power.off" ? "\nSwitching off ...\n" : "\nRestarting ...\n");
  await Bun.sleep(SHUTDOWN_MS);
}

/** Starts the version in the other slot. */
export const otherVersionPage: Page = {
  title: "Start the other version",
  async show(context) {
    const { terminal } = context;
    writeTitle(terminal, "Start the other version");
    const slots = (await attempt(terminal, () => context.ask("slots.read", {})))?.slots;
    const other = slots?.find(({ isRunning }) => !isRunning);
    if (slots === undefined || other === undefined) return;
    for (const { slot, version, isRunning, isGood } of slots) {
      const words = [isRunning ? "runs now" : "", isGood ? "was seen to work" : "not seen to work"].filter(Boolean);
      terminal.write(`  Slot ${slot.toUpperCase()}   ${(version ?? "empty").padEnd(16)} ${words.join(", ")}\n`);
    }
    if (other.version === null && !other.isGood) {
      terminal.write("\nThe other slot is empty: there is no other version yet.\n");
      return await pause(terminal);
    }
    terminal.write(
      "\nThe data stay as they are. If it does not work, the running version comes back\nby itself after three tries.\n\n",
    );
    if ((await askWord(terminal, `Restart with slot ${other.slot.toUpperCase()}`, ["yes", "no"])) !== "yes") return;
    const chosen = await attempt(terminal, () => context.ask("slots.choose", { slot: other.slot }));
    if (chosen !== null) await shutDown(context, "power.restart");
  },
};
