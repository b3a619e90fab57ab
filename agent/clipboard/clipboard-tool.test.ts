import { afterAll, beforeAll, expect, test } from "bun:test";
import type { SessionTool, ToolRequest } from "../session-tool.ts";
import { startVirtualDisplay, type VirtualDisplay } from "../test/virtual-display.ts";
import { X11Connection } from "../x11/connection.ts";
import { createClipboardToolOn } from "./clipboard-tool.ts";
import { SelectionWindow } from "./x11/selection-window.ts";

let display: VirtualDisplay;
beforeAll(async () => {
  display = await startVirtualDisplay("640x480");
});
afterAll(() => display[Symbol.asyncDispose]());

const signal = new AbortController().signal;
const beside = { channel: null, signal, progress: () => undefined };
const send = async (tool: SessionTool, text: string) =>
  await tool.handlers["clipboard.send"]!({ ...beside, params: { text } } as ToolRequest<"clipboard.send">);
const fetchText = async (tool: SessionTool) =>
  (await tool.handlers["clipboard.fetch"]!({ ...beside, params: {} } as ToolRequest<"clipboard.fetch">)).text;

/** `count` characters, none of them ASCII for long. */
const mixed = (count: number) => 'äöü ß € Привет 日本語 עברית ~^`"\n'.repeat(Math.ceil(count / 30)).slice(0, count);
const read = () => display.run(["xclip", "-o", "-selection", "clipboard"]);
/**
 * xclip stays behind to serve what it was given. The one we wait for may end before the one that stays has told the
 * display, so the text of before is had for a while: another program than ours says when that is over.
 */
async function copy(text: string): Promise<void> {
  await display.run(["sh", "-c", "xclip -selection clipboard >/dev/null 2>&1"], text);
  while ((await read().catch(() => null)) !== text) await Bun.sleep(10);
}

test("FILE-20 text sent to the remote clipboard arrives byte for byte, also 100,000 characters", async () => {
  using tool = createClipboardToolOn(
    () => [display.address],
    () => undefined,
  );
  for (const text of ["plain", mixed(500), mixed(100_000)]) {
    await send(tool, text);
    expect(await read()).toBe(text);
  }
});

test("FILE-21 text of the remote clipboard is fetched byte for byte, also 100,000 characters", async () => {
  using tool = createClipboardToolOn(
    () => [display.address],
    () => undefined,
  );
  for (const text of ["plain", mixed(500), mixed(100_000)]) {
    await copy(text);
    expect(await fetchText(tool)).toBe(text);
  }
});

/** Does the owner of the clipboard hand its text out in pieces? Asked as any other program would. */
async function comesInPieces(): Promise<boolean> {
  using connection = new X11Connection(display.address);
  const asking = new SelectionWindow(connection);
  const [clipboard, property] = [connection.atom("CLIPBOARD"), connection.atom("ASKED")];
  connection.x.XConvertSelection(
    connection.pointer,
    clipboard,
    connection.atom("UTF8_STRING"),
    property,
    asking.window,
    0,
  );
  connection.flush();
  for (const end = performance.now() + 5000; performance.now() < end; await Bun.sleep(10)) {
    const value = asking.take(property, 1 << 20);
    if (value !== null) return value.type === connection.atom("INCR");
  }
  throw new Error("the owner of the clipboard does not answer");
}

test("FILE-20 text in pieces (INCR) reaches programs of two kinds byte for byte", async () => {
  using tool = createClipboardToolOn(
    () => [display.address],
    () => undefined,
  );
  const text = mixed(150_000);
  await send(tool, text);
  expect(await read()).toBe(text);
  expect(await display.run(["xsel", "-ob"])).toBe(text);
  expect(await comesInPieces()).toBe(true);
});

/**
 * xsel hands everything past 4,000 bytes out in pieces. It ends when a reader goes away in the middle, so nobody but the
 * reader that is tested reads from it: it has the text once another window owns the clipboard.
 */
async function copyInPieces(text: string): Promise<void> {
  using asking = new X11Connection(display.address);
  const owner = () => asking.x.XGetSelectionOwner(asking.pointer, asking.atom("CLIPBOARD"));
  const before = owner();
  await display.run(["sh", "-c", "xsel -ib >/dev/null 2>&1"], text);
  while (owner() === before) await Bun.sleep(5);
}

test("FILE-21 text in pieces (INCR) is fetched byte for byte, and too much of it is refused", async () => {
  using tool = createClipboardToolOn(
    () => [display.address],
    () => undefined,
  );
  for (const text of [mixed(20_000), mixed(150_000)]) {
    await send(tool, "before");
    await copyInPieces(text);
    expect(await fetchText(tool)).toBe(text);
    expect(await comesInPieces()).toBe(true);
  }
  await send(tool, "before");
  await copyInPieces("x".repeat(600_000));
  await expect(fetchText(tool)).rejects.toMatchObject({ code: "clipboard.too_large" });
  // The program has been heard out, and serves others.
  expect((await display.run(["xsel", "-ob"])).length).toBe(600_000);
  await copy("and then something short");
  expect(await fetchText(tool)).toBe("and then something short");
}, 20_000);

test("FILE-21 copying at the remote computer is told, our own sending is not", async () => {
  let changes = 0;
  const { promise, resolve } = Promise.withResolvers<void>();
  using tool = createClipboardToolOn(
    () => [display.address],
    () => {
      changes++;
      resolve();
    },
  );
  await send(tool, "ours");
  expect(await fetchText(tool)).toBe("ours");
  expect(changes).toBe(0);
  await copy("theirs");
  await promise;
  expect(changes).toBe(1);
  expect(await fetchText(tool)).toBe("theirs");
});

test("FILE-21 more text than fits is refused in words", async () => {
  using tool = createClipboardToolOn(
    () => [display.address],
    () => undefined,
  );
  await copy("x".repeat(150_001));
  await expect(fetchText(tool)).rejects.toMatchObject({ code: "clipboard.too_large" });
});

test("FILE-20 without a display the refusal says so", async () => {
  using tool = createClipboardToolOn(
    () => [],
    () => undefined,
  );
  await expect(send(tool, "text")).rejects.toMatchObject({ code: "display.none" });
});
