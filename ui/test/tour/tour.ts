/**
 * `bun ui/test/tour/tour.ts FOLDER [WORD] [LANGUAGE]` drives the built programs through every page and takes its picture,
 * for a desk and for a phone, light and dark: to be laid beside the design. WORD: only stops with it in their name. LANGUAGE:
 * "de" and so on, for widths; stops that press words are left out then. What overflows or is cut is printed.
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Browser, BrowserContext, Page } from "playwright-core";
import { askAs, seeAdministration, typePassword } from "../harness/administration.ts";
import { startBrowser } from "../harness/browser.ts";
import { Computer } from "../harness/computer.ts";
import { eventually } from "../harness/eventually.ts";
import { ADMIN, Site } from "../harness/site.ts";
import { standInAppliance } from "./appliance-answers.ts";
import { lookOver } from "./look-over.ts";
import { isInvented, settleNorthmoor } from "./northmoor.ts";
import { administrationStops, applianceStops, consoleStops, entryStops, sessionStops, type Stop } from "./stops.ts";

const [folder = "dist/tour", word = "", languageCode = "en"] = process.argv.slice(2);
const DEVICES = [
  { size: "1440x900", options: { viewport: { width: 1440, height: 900 } } },
  {
    size: "390x844",
    options: {
      viewport: { width: 390, height: 844 },
      hasTouch: true,
      isMobile: true,
    },
  },
] as const;
type Device = (typeof DEVICES)[number];
const SCHEMES = languageCode === "en" ? (["light", "dark"] as const) : (["light"] as const);
/** Pictures settle: figures have come, a toast has gone. */
const SETTLE_MS = 700;
const PATIENCE_MS = 8_000;
const LONGEST_PICTURE_PX = 3_000;

mkdirSync(folder, { recursive: true });
const findings: string[] = [];

async function take(page: Page, name: string, device: Device): Promise<void> {
  await Bun.sleep(SETTLE_MS);
  for (const line of await lookOver(page)) findings.push(`${name} ${device.size}: ${line}`);
  for (const colorScheme of SCHEMES) {
    await page.emulateMedia({ colorScheme });
    await Bun.sleep(150);
    const length = await page.evaluate<number>("document.documentElement.scrollHeight");
    const isWhole = device.size === "390x844" && length < LONGEST_PICTURE_PX;
    const language = languageCode === "en" ? "" : `${languageCode}.`;
    await page.screenshot({
      path: join(folder, `${name}.${device.size}.${language}${colorScheme}.png`),
      fullPage: isWhole,
    });
  }
  await page.emulateMedia({ colorScheme: "light" });
}

async function visit(page: Page, stop: Stop, device: Device, origin: string): Promise<void> {
  if (languageCode !== "en" && stop.act !== undefined && stop.path !== "") return;
  try {
    if (stop.path !== "") {
      await page.goto("about:blank");
      await page.goto(origin + stop.path, { waitUntil: "networkidle", timeout: 4_000 }).catch(() => null);
    }
    await stop.act?.(page);
  } catch (failure) {
    findings.push(`${stop.name} ${device.size}: not reached: ${String(failure).split("\n")[0]}`);
  }
  await take(page, stop.name, device);
}

async function open(browser: Browser, device: Device): Promise<BrowserContext> {
  const context = await browser.newContext({
    ...device.options,
    ignoreHTTPSErrors: true,
    locale: languageCode,
  });
  context.setDefaultTimeout(PATIENCE_MS);
  return context;
}

const wanted = (stops: readonly Stop[]): readonly Stop[] => stops.filter(({ name }) => name.includes(word));

async function tour(
  browser: Browser,
  site: Site,
  device: Device,
  cookies: Awaited<ReturnType<BrowserContext["cookies"]>>,
) {
  const anonymous = await open(browser, device);
  const visitor = await anonymous.newPage();
  for (const stop of wanted(entryStops)) await visit(visitor, stop, device, site.address);
  await anonymous.close();
  const context = await open(browser, device);
  await context.addCookies(cookies);
  const page = await context.newPage();
  for (const stop of wanted([...administrationStops, ...consoleStops])) await visit(page, stop, device, site.address);
  await standInAppliance(page);
  for (const stop of wanted(applianceStops)) await visit(page, stop, device, site.address);
  await context.close();
}

/** Signs in at the three areas, by hand as a person would, and gives the cookies. */
async function signIn(browser: Browser, site: Site): Promise<BrowserContext> {
  const context = await browser.newContext({
    ignoreHTTPSErrors: true,
    viewport: { width: 1440, height: 900 },
  });
  context.setDefaultTimeout(PATIENCE_MS);
  const page = await context.newPage();
  await page.goto(`${site.address}/login`);
  await typePassword(page);
  await seeAdministration(page);
  await settleNorthmoor(site, page);
  await page.goto(`${site.address}/appliance`);
  await typePassword(page);
  await page.getByRole("navigation", { name: "Appliance" }).waitFor();
  await page.goto(`${site.address}/console`);
  await typePassword(page);
  await page.getByRole("tab", { name: "Home" }).waitFor();
  return context;
}

/** The one computer that is really there gets a name as the others have. */
async function nameComputer(page: Page): Promise<void> {
  const real = await eventually("the computer calls in", async () => {
    const { rows } = await askAs<{ rows: { id: string }[] }>(page, "GET", "/api/console/jump-items");
    return rows.find(({ id }) => !isInvented(id));
  });
  await askAs(page, "PATCH", "/api/console/jump-items", {
    ids: [real.id],
    changes: { name: "NMC-LIB-0214" },
  });
}

async function session(context: BrowserContext, computer: Computer, site: Site, browser: Browser): Promise<void> {
  const page = await context.newPage();
  await page.goto(`${site.address}/console`);
  const row = page.getByRole("row").filter({ hasText: "NMC-LIB-0214" });
  await row.click();
  await page
    .getByRole("button", { name: /^Jump to NMC-LIB-0214/u })
    .first()
    .click();
  await page.getByRole("tab", { name: "Screen Sharing" }).waitFor();
  computer.openTerminal();
  for (const stop of wanted(sessionStops)) await visit(page, stop, DEVICES[0], site.address);
  const address = page.url();
  const cookies = await context.cookies();
  await page.close();
  const phone = await open(browser, DEVICES[1]);
  await phone.addCookies(cookies);
  const held = await phone.newPage();
  await held.goto(address);
  await held.getByRole("tab", { name: "Screen Sharing" }).waitFor();
  for (const stop of wanted(sessionStops)) await visit(held, stop, DEVICES[1], site.address);
  await phone.close();
}

await using site = await Site.start();
await site.command(
  ["appliance-administrator", "--username", ADMIN.username, "--password-stdin"],
  `${ADMIN.password}\n`,
);
const browser = await startBrowser();
try {
  const context = await signIn(browser, site);
  const cookies = await context.cookies();
  const needsComputer = wanted([...consoleStops, ...sessionStops]).length > 0;
  await using computer = needsComputer ? await Computer.start(site) : null;
  if (computer !== null) {
    for (const name of ["Rota week 47.ods", "Opening hours.txt", "label-printer.log", "Returns-slip-0418.pdf"])
      writeFileSync(join(computer.home, name), name.repeat(900));
    const page = context.pages()[0]!;
    await nameComputer(page);
  }
  for (const device of DEVICES) await tour(browser, site, device, cookies);
  if (computer !== null && wanted(sessionStops).length > 0 && languageCode === "en")
    await session(context, computer, site, browser);
} finally {
  await browser.close();
  writeFileSync(join(folder, `findings.${languageCode}.txt`), findings.join("\n"));
  console.log(findings.join("\n"));
}
