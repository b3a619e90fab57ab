/** A program that stands still while it is typed to: it is waited for, so that a spare keycode never changes under it. */
import { afterAll, beforeAll, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { encodeInput } from "../../protocol/input.ts";
import type { ToolRequest } from "../session-tool.ts";
import { LoopbackChannel } from "../test/loopback-channel.ts";
import { Painter } from "../test/painter.ts";
import { startVirtualDisplay, type VirtualDisplay } from "../test/virtual-display.ts";
import { createInputToolOn } from "./input-tool.ts";

/** The page shows in its title what was typed into it, in brackets: until it is loaded, the title is the file's path. */
const PAGE =
  "<textarea style='width:600px;height:400px' autofocus oninput='document.title = `[${value}]`'></textarea><title>[]</title>";
const FLAGS = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--password-store=basic", "--window-position=0,0"];
/** More letters than there are spare keycodes on a keyboard for the US. */
const TEXT = "абвгдежзийклмнопрстуфхцчшщъыьэюя";
/** Longer than any program is waited for that does not say whether it has read. */
const STALL_MS = 3_000;

let display: VirtualDisplay;
let directory: string;
beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), "causeway-stall-"));
  display = await startVirtualDisplay("800x600");
});
afterAll(async () => {
  await display[Symbol.asyncDispose]();
  rmSync(directory, { recursive: true, force: true });
});

async function titles(): Promise<string> {
  const found = await display.run(["xdotool", "search", "--onlyvisible", "--class", "chromium"]).catch(() => "");
  const names = found.split("\n").filter((id) => id !== "");
  return (await Promise.all(names.map((id) => display.run(["xdotool", "getwindowname", id])))).join("");
}

async function until(isTrue: () => boolean | Promise<boolean>, what: string): Promise<void> {
  for (const end = performance.now() + 15_000; !(await isTrue()); await Bun.sleep(30))
    if (performance.now() > end) throw new Error(`waited in vain for ${what}; the title is ${await titles()}`);
}

test("SCREEN-04 a browser that stands still for seconds still reads the letters that were typed, and does not keep the keyboard", async () => {
  await display.run(["setxkbmap", "us"]);
  const file = join(directory, "page.html");
  await Bun.write(file, PAGE);
  const where = [`--user-data-dir=${join(directory, "profile")}`, `--app=file://${file}`];
  const chromium = display.start(["/usr/bin/chromium", ...FLAGS, ...where]);
  using tool = createInputToolOn(() => [display.address]);
  const channel = new LoopbackChannel(1, 0);
  const beside = { signal: new AbortController().signal, progress: () => undefined };
  await tool.handlers["input.open"]!({ params: {}, channel, ...beside } as ToolRequest<"input.open">);
  const type = (text: string) => channel.onData(encodeInput([{ kind: "text", text }]));
  await until(async () => (await titles()).includes("[]"), "the page");
  channel.onData(
    encodeInput([
      { kind: "move", x: 200, y: 200 },
      { kind: "button", button: 1, isDown: true },
      { kind: "button", button: 1, isDown: false },
    ]),
  );
  await until(async () => {
    type("q");
    await Bun.sleep(200);
    return (await titles()).includes("[q");
  }, "the text field");
  chromium.kill("SIGSTOP");
  type(`:${TEXT}.`);
  await Bun.sleep(STALL_MS);
  chromium.kill("SIGCONT");
  await until(async () => (await titles()).includes(".]"), "the text");
  expect(await titles()).toContain(`:${TEXT}.]`);

  chromium.kill("SIGSTOP");
  channel.onData(encodeInput([{ kind: "key", isDown: true, code: "ShiftLeft", key: "Shift" }]));
  type(TEXT);
  await Bun.sleep(200);
  using screen = new Painter(display.address);
  expect(screen.keysDown()).toHaveLength(1);
  channel.close();
  const since = performance.now();
  await until(() => screen.keysDown().length === 0, "the keyboard");
  expect(performance.now() - since).toBeLessThan(STALL_MS);
}, 60_000);
