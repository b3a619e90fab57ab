import { AppError } from "../../protocol/errors.ts";
import { dataMount } from "../machine/data-partition.ts";
import { formatData } from "../machine/data-repair.ts";
import { requestFactoryReset } from "../machine/factory-reset.ts";
import type { System } from "../system/system.ts";
import { ask, attempt, type Page, writeTitle } from "./page.ts";
import { shutDown } from "./power-pages.ts";

/** What is to be typed, whole. */
const WORD = "erase everything";
/** So long any key stops it. */
const HOLD_SECONDS = 10;

/** Takes the appliance back to its first start. */
export const factoryResetPage: Page = {
  title: "Factory reset",
  async show(context) {
    const { terminal } = context;
    writeTitle(terminal, "Factory reset");
    terminal.write("This erases all accounts, Jump Clients, recordings, logs and settings of this\n");
    terminal.write("appliance, and restarts it as if new. There is no way back but a backup.\n\n");
    const typed = await ask(terminal, `Type "${WORD}" (empty: go back)`, (text) =>
      text === WORD ? { value: text } : { problem: "This is another text; nothing was erased." },
    );
    if (typed === null || !(await isHeld(context.terminal))) return;
    const asked = await attempt(terminal, () => erase(context.system));
    if (asked === true) await shutDown(context, "power.restart");
  },
};

/** At the next start; a partition that cannot be written is made anew at once, for then there is nothing to keep. */
async function erase(system: System): Promise<boolean> {
  if (dataMount(system.paths) === "writable") {
    requestFactoryReset(system.paths);
    return true;
  }
  if (await formatData(system)) return true;
  throw new AppError("system.failed", "The data partition is in use, so nothing was erased. Restart, then try again.");
}

async function isHeld(terminal: Parameters<Page["show"]>[0]["terminal"]): Promise<boolean> {
  terminal.forget();
  for (let left = HOLD_SECONDS; left > 0; left -= 1) {
    terminal.write(`\rErasing in ${String(left).padStart(2)} seconds; any key stops it. `);
    if (await terminal.readKey(1_000)) {
      terminal.write("\nStopped. Nothing was erased.\n");
      return false;
    }
  }
  return true;
}
