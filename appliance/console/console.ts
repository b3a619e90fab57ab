import { dnsPage, hostNamePage, timePage } from "./name-pages.ts";
import { factoryResetPage } from "./factory-reset-page.ts";
import { frontPageText, readFacts } from "./front-page.ts";
import { networkPage } from "./network-page.ts";
import type { Page, PageContext } from "./page.ts";
import { otherVersionPage, powerOffPage, restartPage } from "./power-pages.ts";
import { recoveryPage } from "./recovery-page.ts";
import { setupCodePage } from "./setup-code-page.ts";

/** The menu, in the order of its numbers. */
const PAGES: readonly Page[] = [
  networkPage,
  hostNamePage,
  dnsPage,
  timePage,
  setupCodePage,
  otherVersionPage,
  recoveryPage,
  restartPage,
  powerOffPage,
  factoryResetPage,
];

/** How often the front page looks whether something changed, while nobody types. */
const REFRESH_MS = 10_000;

/** Shows the menu until the terminal is gone. @param isEmergency something of the system did not start */
export async function runConsole(context: PageContext, isEmergency: boolean): Promise<void> {
  const { terminal } = context;
  let shown = "";
  for (;;) {
    const text = frontPageText(await readFacts(context), terminal.isFancy) + emergencyText(isEmergency) + menuText();
    if (text !== shown) {
      terminal.clear();
      terminal.write(`${text}\nChoose a number: `);
      shown = text;
    }
    const line = await terminal.readLine(REFRESH_MS);
    if (line.kind === "end") return;
    if (line.kind === "idle") continue;
    shown = "";
    const page = line.kind === "line" ? PAGES[Number(line.text.trim()) - 1] : undefined;
    if (page !== undefined) await page.show(context);
  }
}

function emergencyText(isEmergency: boolean): string {
  return isEmergency ? "\n  Something of the system did not start. Recovery says what.\n" : "";
}

/** Two columns, the first half on the left. */
function menuText(): string {
  const half = Math.ceil(PAGES.length / 2);
  const entry = (index: number): string => `${String(index + 1).padStart(4)}  ${PAGES[index]?.title ?? ""}`;
  const lines = Array.from({ length: half }, (_, index) => `${entry(index).padEnd(38)}${entry(index + half)}`);
  return `\n${lines.join("\n")}\n`;
}
