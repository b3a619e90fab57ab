/** Screen sharing: how soon a change is on the canvas of a browser, and how many bits usual work costs. */
import type { Page } from "playwright-core";
import { Painter } from "../../agent/test/painter.ts";
import { startBrowser } from "../../ui/test/harness/browser.ts";
import { Computer } from "../../ui/test/harness/computer.ts";
import { eventually } from "../../ui/test/harness/eventually.ts";
import { Person } from "../../ui/test/harness/pages.ts";
import { Site } from "../../ui/test/harness/site.ts";
import { BenchConsole } from "./bench-console.ts";
import { type Bench, type Measurement, quantile } from "./measurement.ts";
import { SCENES } from "./screen-scenes.ts";

const DRAWS = 200;
/** A draw stands alone: none comes before the last one is painted. */
const PAUSE_MS = 60;
const PAUSE_SPREAD_MS = 30;
/** Below this many of the draws found in the picture, the figures would be about something else. */
const MIN_FOUND = DRAWS * 0.95;
const WATCH_MS = 6_000;
const DESKTOP = { width: 1920, height: 1080 } as const;

const nowMs = (): number => performance.timeOrigin + performance.now();

/** Runs in the page before its own scripts: notes when the viewer's worker says that a picture is on the canvas. */
function notePictures(): void {
  const times: number[] = [];
  Object.assign(globalThis, {
    pictureTimes: times,
    Worker: class extends Worker {
      constructor(address: string | URL, options?: WorkerOptions) {
        super(address, options);
        this.addEventListener("message", ({ data }: MessageEvent<{ kind?: string; isPicture?: boolean }>) => {
          if (data.kind === "consumed" && data.isPicture === true)
            times.push(performance.timeOrigin + performance.now());
        });
      }
    },
  });
}

const picturesOf = (page: Page): Promise<number[]> =>
  page.evaluate(() => (globalThis as unknown as { pictureTimes: number[] }).pictureTimes);

async function openScreen({ page }: Person): Promise<void> {
  const row = page.getByRole("row").filter({ hasText: "Online" });
  await row.hover();
  await row.getByRole("button", { name: /^Jump to / }).click();
  await page.getByRole("tab", { name: "Screen Sharing" }).click();
  await page.getByRole("button", { name: "Start screen sharing" }).click();
  await eventually("the first picture", async () => (await picturesOf(page)).length > 0, 30_000);
  await Bun.sleep(3_000);
}

/** Draws small rectangles, as a blinking cursor or a typed letter would be, and returns when each was begun. */
async function draw(computer: Computer): Promise<number[]> {
  const { DISPLAY, XAUTHORITY } = computer.desktop.environment;
  using painter = new Painter({ display: DISPLAY, authority: XAUTHORITY });
  const begun: number[] = [];
  for (let index = 0; index < DRAWS; index++) {
    begun.push(nowMs());
    painter.fill(40 + (index % 100) * 16, 200 + (index % 37) * 20, 12, 18, (index * 7919 + 0x30_30_30) & 0xff_ffff);
    painter.finish();
    await Bun.sleep(PAUSE_MS + Math.random() * PAUSE_SPREAD_MS);
  }
  return begun;
}

/** From each draw to the first picture after it, unless the next draw came before. */
function delays(begun: readonly number[], painted: readonly number[]): number[] {
  return begun.flatMap((start, index) => {
    const end = begun[index + 1] ?? Infinity;
    const at = painted.find((time) => time > start);
    return at !== undefined && at < end ? [at - start] : [];
  });
}

async function measureDelay(): Promise<Measurement[]> {
  await using site = await Site.start();
  await using computer = await Computer.start(site, { isDirect: true, looks: DESKTOP });
  await using browser = await startBrowser();
  await using person = await Person.open(browser);
  await person.page.addInitScript(notePictures);
  await person.signInToConsole({ address: site.directAddress });
  await openScreen(person);
  const begun = await draw(computer);
  const samples = delays(begun, await picturesOf(person.page));
  if (samples.length < MIN_FOUND) throw new Error(`only ${samples.length} of ${DRAWS} draws were seen in the picture`);
  const method = `${samples.length} of ${DRAWS} draws of 12x18 px seen, ${PAUSE_MS} to ${PAUSE_MS + PAUSE_SPREAD_MS} ms apart, 1920x1080, until the viewer in Chromium has put them on its canvas and its page knows`;
  return [
    { name: "drawn to painted, p50", value: quantile(samples, 0.5), unit: "ms", goal: { atMost: 5 }, method },
    { name: "drawn to painted, p95", value: quantile(samples, 0.95), unit: "ms", goal: { atMost: 12 }, method },
  ];
}

/** What the screen channel carried in six seconds, in kbit/s. */
async function watch(received: () => number): Promise<number> {
  const [before, start] = [received(), performance.now()];
  await Bun.sleep(WATCH_MS);
  return ((received() - before) * 8) / (performance.now() - start);
}

async function measureBits(): Promise<Measurement[]> {
  await using site = await Site.start();
  await using computer = await Computer.start(site, { isDirect: true, looks: DESKTOP });
  using client = await BenchConsole.open(site.directAddress);
  const { session } = await client.jump();
  const { channel } = await client.wire.ask(session, "screen.open", { monitor: "all" });
  if (channel === null) throw new Error("screen.open opened no channel");
  using screen = channel;
  let bytes = 0;
  screen.onData = (part) => {
    bytes += part.length;
    screen.consumed(part.length);
  };
  await Bun.sleep(3_000);
  const measurements: Measurement[] = [];
  for (const { name, goalKbits, method, begin } of SCENES) {
    await using _scene = await begin(computer);
    const value = await watch(() => bytes);
    const how = `payload of the screen channel over ${WATCH_MS / 1000} s, 1920x1080, a viewer that acknowledges at once: ${method}`;
    measurements.push({ name: `screen, ${name}`, value, unit: "kbit/s", goal: { atMost: goalKbits }, method: how });
  }
  return measurements;
}

async function measure(): Promise<Measurement[]> {
  return [...(await measureDelay()), ...(await measureBits())];
}

export const screen: Bench = { name: "screen", run: measure };
