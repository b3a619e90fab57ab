/** Screen sharing in Chromium: the built server, the built agent on a real desktop. */
import { afterAll, beforeAll, expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import type { Browser, Locator } from "playwright-core";
import { accessibilityFindings } from "./harness/accessibility.ts";
import { startBrowser } from "./harness/browser.ts";
import { Computer } from "./harness/computer.ts";
import { eventually } from "./harness/eventually.ts";
import { Person } from "./harness/pages.ts";
import { pixelSum } from "./harness/screen-sum.ts";
import { PixelReader } from "./harness/pixels.ts";
import { Site } from "./harness/site.ts";

let site: Site;
let computer: Computer;
let browser: Browser;
let pixels: PixelReader;
let anna: Person;

beforeAll(async () => {
  [site, browser] = await Promise.all([Site.start(), startBrowser()]);
  computer = await Computer.start(site);
  pixels = new PixelReader(browser);
  anna = await Person.open(browser);
  await anna.signInToConsole(site);
  const row = anna.page.getByRole("row").filter({ hasText: "Online" });
  await row.hover();
  await row.getByRole("button", { name: /^Jump to / }).click();
  await anna.page.getByRole("tab", { name: "Screen Sharing" }).click();
}, 90_000);
afterAll(async () => {
  await pixels?.[Symbol.asyncDispose]();
  await anna?.[Symbol.asyncDispose]();
  await browser?.close();
  await computer?.[Symbol.asyncDispose]();
  await site?.[Symbol.asyncDispose]();
}, 30_000);

const panel = (): Locator => anna.page.getByRole("tabpanel", { name: "Screen Sharing" });
const screen = (): Locator => panel().locator("canvas").first();
const remote = (): Locator => panel().getByRole("application");

/** Runs a program on the computer's desktop and returns what it wrote. */
async function onDesktop(command: readonly string[], input?: string): Promise<string> {
  const program = Bun.spawn([...command], {
    env: { ...process.env, ...computer.desktop.environment },
    stdin: input === undefined ? "ignore" : new Blob([input]),
    stdout: "pipe",
    stderr: "ignore",
  });
  const output = await new Response(program.stdout).text();
  await program.exited;
  return output;
}

test("SCREEN-01 screen sharing starts with one button, says who is in control, and is accessible", async () => {
  const { page } = anna;
  await page.emulateMedia({ reducedMotion: "reduce" });
  expect(await accessibilityFindings(page)).toEqual([]);
  await panel().getByRole("button", { name: "Start screen sharing" }).click();
  computer.openTerminal();
  await eventually("the black terminal in the picture", async () => (await pixels.count(screen(), [0, 0, 0])) > 60_000);
  await panel().getByText("You control this computer", { exact: true }).waitFor();
  expect(await remote().getAttribute("aria-label")).toContain("Ctrl Alt Home");
  expect(await accessibilityFindings(page)).toEqual([]);
}, 60_000);

test("SCREEN-17 a screenshot's PNG is the remote screen, pixel for pixel, at its own resolution", async () => {
  const { page } = anna;
  // A window without a blinking cursor, so that two looks at the screen see the same.
  computer.desktop.open(["xev", "-geometry", "1270x760+0+0"]);
  await eventually("the white window", async () => (await pixels.count(screen(), [255, 255, 255], 2)) > 700_000);
  await panel().getByRole("button", { name: "Take screenshot" }).click();
  const [download] = await Promise.all([
    page.waitForEvent("download"),
    page.getByRole("menuitem", { name: "Save as a file" }).click(),
  ]);
  expect(download.suggestedFilename()).toMatch(/ \d{4}-\d\d-\d\d \d\d\.\d\d\.\d\d\.png$/);
  const found = await pixelsOf(readFileSync(await download.path()));
  const truth = JSON.parse(await onDesktop([process.execPath, "ui/test/harness/screen-sum.ts"]));
  expect({ width: found.width, height: found.height, sum: pixelSum(found.bgr) }).toEqual(truth);
  await onDesktop(["xdotool", "search", "--name", "Event Tester", "windowkill"]);
}, 30_000);

/** A PNG's pixels as the browser decodes them. */
async function pixelsOf(png: Buffer): Promise<{ width: number; height: number; bgr: Uint32Array }> {
  const { width, height, rgba } = await anna.page.evaluate(async (encoded) => {
    const bytes = Uint8Array.from(atob(encoded), (character) => character.charCodeAt(0));
    const bitmap = await createImageBitmap(new Blob([bytes], { type: "image/png" }));
    const context = new OffscreenCanvas(bitmap.width, bitmap.height).getContext("2d")!;
    context.drawImage(bitmap, 0, 0);
    const { data } = context.getImageData(0, 0, bitmap.width, bitmap.height);
    let binary = "";
    for (let at = 0; at < data.length; at += 8192) binary += String.fromCharCode(...data.subarray(at, at + 8192));
    return { width: bitmap.width, height: bitmap.height, rgba: btoa(binary) };
  }, png.toString("base64"));
  const bytes = Buffer.from(rgba, "base64");
  const bgr = new Uint32Array(width * height).map(
    (_, index) => (bytes[index * 4]! << 16) | (bytes[index * 4 + 1]! << 8) | bytes[index * 4 + 2]!,
  );
  return { width, height, bgr };
}

test("SCREEN-04 with control released nothing reaches the desktop, and taken again it does", async () => {
  const { page } = anna;
  const place = () => onDesktop(["xdotool", "getmouselocation"]);
  const box = (await screen().boundingBox())!;
  const moveTo = (part: number) => page.mouse.move(box.x + box.width * part, box.y + box.height * part);
  await moveTo(0.25);
  await eventually("the pointer at the desktop", async () => (await place()).startsWith("x:320 y:200"));
  await panel().getByRole("button", { name: "Release control" }).click();
  await panel().getByText("View only", { exact: true }).waitFor();
  await moveTo(0.5);
  await Bun.sleep(300);
  expect(await place()).toStartWith("x:320 y:200");
  await panel().getByRole("button", { name: "Take control" }).click();
  await panel().getByText("You control this computer", { exact: true }).waitFor();
  await moveTo(0.75);
  await eventually("the pointer at the desktop", async () => (await place()).startsWith("x:960 y:600"));
}, 30_000);

test("SCREEN-19 actual size shows one remote pixel on one of ours, scaled fits the place there is", async () => {
  await panel().getByRole("radio", { name: "Actual" }).click();
  await eventually("the actual size", async () => (await screen().boundingBox())!.width === 1280);
  const box = (await screen().boundingBox())!;
  expect([box.width, box.height]).toEqual([1280, 800]);
  await panel().getByRole("radio", { name: "Scaled" }).click();
  await anna.page.setViewportSize({ width: 1200, height: 700 });
  await eventually("the scaled size", async () => (await screen().boundingBox())!.height < 600);
  const scaled = (await screen().boundingBox())!;
  expect(scaled.width / scaled.height).toBeCloseTo(1.6, 1);
  await anna.page.setViewportSize({ width: 1600, height: 1000 });
}, 30_000);

test("SCREEN-21 SCREEN-22 full screen asks for every key, hides the bars, and shows them at the top edge", async () => {
  const { page } = anna;
  await page.evaluate(() => {
    const { keyboard } = navigator as unknown as { keyboard: { lock: () => Promise<void> } };
    const lock = keyboard.lock.bind(keyboard);
    keyboard.lock = (...keys: []) => {
      document.documentElement.dataset["locked"] = String(keys.length);
      return lock(...keys);
    };
  });
  await panel().getByRole("button", { name: "Full screen" }).click();
  await eventually("full screen", () => page.evaluate(() => document.fullscreenElement !== null));
  await eventually("the keyboard lock", () => page.evaluate(() => document.documentElement.dataset["locked"] === "0"));
  const bar = panel().getByRole("toolbar", { name: "Screen sharing tools" });
  const isInSight = async () => ((await bar.boundingBox())?.y ?? -100) > -10;
  await page.mouse.move(500, 400);
  await eventually("the bars to go", async () => !(await isInSight()));
  await page.mouse.move(500, 0);
  await eventually("the bars to come", isInSight);
  await bar.getByRole("button", { name: "Leave full screen" }).click();
  await eventually("the end of full screen", () => page.evaluate(() => document.fullscreenElement === null));
}, 30_000);

test("SCREEN-22 function keys and modifiers reach the desktop while the picture has the keyboard", async () => {
  const { page } = anna;
  const file = `${computer.home}/keys.txt`;
  computer.desktop.open(["sh", "-c", `exec xev -event keyboard -geometry 300x300+900+400 > ${file}`]);
  await Bun.sleep(800);
  await screen().click({
    position: { x: (await screen().boundingBox())!.width * 0.85, y: (await screen().boundingBox())!.height * 0.7 },
  });
  for (const key of ["F5", "F11", "Meta", "Alt+F1", "Control+Shift+KeyK"]) await page.keyboard.press(key);
  const pressed = () =>
    [...readFileSync(file, "utf8").matchAll(/KeyPress[\s\S]*?keysym 0x[0-9a-f]+, (\w+)/g)].map((found) => found[1]);
  await eventually("the keys", () => pressed().includes("K"));
  expect(pressed()).toEqual(expect.arrayContaining(["F5", "F11", "Super_L", "Alt_L", "Control_L", "Shift_L", "K"]));
}, 30_000);

test("Ctrl Alt Home gives the keyboard back to Causeway and says so", async () => {
  const { page } = anna;
  await screen().click({ position: { x: 20, y: 20 } });
  await page.keyboard.press("Control+Alt+Home");
  await panel().getByText("The keyboard is back at Causeway.").waitFor({ state: "attached" });
  expect(await page.evaluate(() => document.activeElement?.tagName)).not.toBe("TEXTAREA");
}, 20_000);

test("FILE-20 FILE-21 clipboard text goes to the remote computer and comes back, Unicode included", async () => {
  const { page } = anna;
  const text = "Grüße, Привет, 日本語 🙂\nsecond line";
  await page.evaluate((copied) => navigator.clipboard.writeText(copied), text);
  await panel().getByRole("button", { name: "Send clipboard text" }).click();
  await page.getByText("Clipboard sent").first().waitFor();
  expect(await onDesktop(["xclip", "-o", "-selection", "clipboard"])).toBe(text);
  await onDesktop(["sh", "-c", "xclip -selection clipboard >/dev/null 2>&1"], `${text}, and back`);
  await panel().getByRole("button", { name: "Fetch clipboard text: new" }).click();
  await page.getByText("Clipboard fetched").first().waitFor();
  expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(`${text}, and back`);
}, 30_000);

test("SCREEN-04 fingers click, drag, ask for a menu and turn the wheel at the desktop", async () => {
  const file = `${computer.home}/fingers.txt`;
  const watcher = computer.desktop.open(["sh", "-c", `exec xev -event button -geometry 600x400+600+300 > ${file}`]);
  await using devtools = await touchscreen();
  await eventually("the window", async () => (await onDesktop(["xdotool", "search", "--name", "Event Tester"])) !== "");
  await Bun.sleep(500);
  const seen = () =>
    [
      ...readFileSync(file, "utf8").matchAll(/Button(Press|Release)[\s\S]*?root:\((\d+),(\d+)\)[\s\S]*?button (\d)/g),
    ].map(([, kind, x, y, button]) => `${kind} ${button} ${x},${y}`);
  const done = (what: string, count: number) => eventually(what, () => seen().length >= count);
  const [from, to] = [await devtools.pageAt(800, 500), await devtools.pageAt(900, 560)];
  await devtools.touch("touchStart", from);
  await devtools.touch("touchMove", to);
  await devtools.touch("touchEnd");
  await done("the drag", 2);
  expect(seen()).toEqual(["Press 1 800,500", "Release 1 900,560"]);
  await devtools.touch("touchStart", from);
  await eventually("the menu's click", () => seen().some((line) => line.startsWith("Release 3")));
  await devtools.touch("touchEnd");
  expect(seen().slice(2)).toEqual(["Press 1 800,500", "Release 1 800,500", "Press 3 800,500", "Release 3 800,500"]);
  await devtools.touch("touchStart", from);
  await devtools.touch("touchStart", from, to);
  await devtools.touch("touchMove", from, { ...to, y: to.y - 110 });
  await devtools.touch("touchEnd");
  await eventually("the wheel", () => seen().some((line) => line.startsWith("Release 5")));
  expect(seen().filter((line) => line.startsWith("Press 1"))).toHaveLength(3);
  expect(seen().filter((line) => line.startsWith("Release 1"))).toHaveLength(3);
  await watcher[Symbol.asyncDispose]();
}, 40_000);

interface PagePlace {
  readonly x: number;
  readonly y: number;
}

/** Fingers on the page by the browser's own debugging protocol, so that they come as from a touchscreen. */
async function touchscreen() {
  const devtools = await anna.page.context().newCDPSession(anna.page);
  await devtools.send("Emulation.setTouchEmulationEnabled", { enabled: true, maxTouchPoints: 2 });
  const box = (await screen().boundingBox())!;
  return {
    /** Where the middle of a remote pixel is on the page; the desktop is 1280 pixels wide. */
    pageAt: (x: number, y: number): PagePlace => ({
      x: box.x + ((x + 0.5) * box.width) / 1280,
      y: box.y + ((y + 0.5) * box.height) / 800,
    }),
    touch: (type: "touchStart" | "touchMove" | "touchEnd", ...places: readonly PagePlace[]) =>
      devtools.send("Input.dispatchTouchEvent", { type, touchPoints: places.map((place, id) => ({ ...place, id })) }),
    async [Symbol.asyncDispose]() {
      await devtools.send("Emulation.setTouchEmulationEnabled", { enabled: false });
      await devtools.detach();
    },
  };
}

test("SCREEN-04 what an input method puts together arrives once, as a whole", async () => {
  const { page } = anna;
  const file = `${computer.home}/composed.txt`;
  const command = ["-e", "sh", "-c", `stty -echo; exec cat > ${file}`];
  const terminal = computer.desktop.open([
    "xterm",
    "-u8",
    "-title",
    "Composed",
    "-geometry",
    "60x10+500+450",
    ...command,
  ]);
  await eventually("the terminal", async () => (await onDesktop(["xdotool", "search", "--name", "Composed"])) !== "");
  await Bun.sleep(500);
  const box = (await screen().boundingBox())!;
  await screen().click({ position: { x: (box.width * 650) / 1280, y: (box.height * 520) / 800 } });
  const devtools = await page.context().newCDPSession(page);
  for (const [steps, text] of [
    [["k", "こ", "こん", "こんにちは"], "今日は"],
    [["´"], "é"],
    [["x"], ""],
  ] as const) {
    for (const step of steps)
      await devtools.send("Input.imeSetComposition", {
        text: step,
        selectionStart: step.length,
        selectionEnd: step.length,
      });
    if (text === "") await devtools.send("Input.imeSetComposition", { text: "", selectionStart: 0, selectionEnd: 0 });
    else await devtools.send("Input.insertText", { text });
  }
  await devtools.send("Input.insertText", { text: "🙂 ok" });
  await page.keyboard.press("Enter");
  await eventually("the text", () => readFileSync(file, "utf8").includes("\n"));
  expect(readFileSync(file, "utf8")).toBe("今日はé🙂 ok\n");
  await devtools.detach();
  await terminal[Symbol.asyncDispose]();
}, 30_000);

test("SCREEN-18 the primary monitor, another and all are chosen by name, and the pointer lands on the one that is seen", async () => {
  await onDesktop(["xrandr", "--setmonitor", "left", "640/160x800/200+0+0", "screen"]);
  await onDesktop(["xrandr", "--setmonitor", "*right", "640/160x800/200+640+0", "none"]);
  const choose = (name: string) => panel().getByRole("radio", { name, exact: true }).click();
  const size = () =>
    screen().evaluate((canvas) => canvas.getBoundingClientRect().width / canvas.getBoundingClientRect().height);
  const place = () => onDesktop(["xdotool", "getmouselocation"]);
  const pointAtMiddle = async () => {
    const box = (await screen().boundingBox())!;
    await anna.page.mouse.move(box.x + box.width / 2 - 20, box.y + box.height / 2);
    await anna.page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
  };
  for (const [name, ratio, x] of [
    ["P", 0.8, 960],
    ["2", 0.8, 320],
    ["All", 1.6, 640],
  ] as const) {
    await choose(name);
    await eventually(`monitor ${name}`, async () => Math.abs((await size()) - ratio) < 0.02);
    // Two of them have one shape, so only where the pointer lands tells whether the other one is seen already.
    await eventually(`the pointer on monitor ${name}`, async () => {
      await pointAtMiddle();
      return (await place()).startsWith(`x:${x} y:400`);
    });
  }
  await choose("P");
  for (const monitor of ["left", "right"]) await onDesktop(["xrandr", "--delmonitor", monitor]);
  await eventually("all of the desktop", async () => Math.abs((await size()) - 1.6) < 0.02);
  await panel().getByRole("radio", { name: "P", exact: true }).waitFor({ state: "detached" });
}, 40_000);

test("a lost connection leaves the last picture, says so, and sharing goes on by itself", async () => {
  site.agentNetwork.cut();
  await panel().getByText("Connection lost, trying again").waitFor();
  expect(await pixels.count(screen(), [0, 0, 0], 60)).toBeGreaterThan(0);
  site.agentNetwork.restore();
  await panel().getByText("You control this computer", { exact: true }).waitFor({ timeout: 30_000 });
}, 60_000);

test("SCREEN-03 stopping ends the picture, and nothing of the page has failed on the way", async () => {
  await panel().getByRole("button", { name: "Stop screen sharing" }).click();
  await panel().getByRole("button", { name: "Start screen sharing" }).waitFor();
  await eventually(
    "control to be given back in the list of who is here",
    async () => (await anna.page.getByText("in control").count()) === 0,
  );
  expect(anna.mishaps).toEqual([]);
}, 20_000);
