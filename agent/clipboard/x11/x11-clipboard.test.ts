import { afterAll, beforeAll, expect, test } from "bun:test";
import { startVirtualDisplay, type VirtualDisplay } from "../../test/virtual-display.ts";
import { X11Connection } from "../../x11/connection.ts";
import { Sleeper, WakePipe } from "../../x11/wake.ts";
import { X11Clipboard } from "./x11-clipboard.ts";

let display: VirtualDisplay;
beforeAll(async () => {
  display = await startVirtualDisplay("640x480");
});
afterAll(() => display[Symbol.asyncDispose]());

/** A clipboard whose thread is this one, so that what it has heard of by when is decided here. */
function openClipboard(wake: WakePipe): X11Clipboard {
  return new X11Clipboard(display.address, new Sleeper(wake.handle), () => undefined);
}

/** Another program takes the clipboard; the display has made it the owner when this returns. */
async function copyElsewhere(text: string): Promise<void> {
  using asking = new X11Connection(display.address);
  const owner = () => asking.x.XGetSelectionOwner(asking.pointer, asking.atom("CLIPBOARD"));
  const before = owner();
  await display.run(["sh", "-c", "xsel -ib >/dev/null 2>&1"], text);
  while (owner() === before) await Bun.sleep(5);
}

async function turning<T>(clipboard: X11Clipboard, promise: Promise<T>): Promise<T> {
  let isSettled = false;
  const settled = promise.finally(() => (isSettled = true));
  while (!isSettled) {
    clipboard.turn(performance.now());
    await Bun.sleep(2);
  }
  return await settled;
}

test("FILE-21 what another program has just copied is fetched, though its taking over was not read yet", async () => {
  using wake = new WakePipe();
  using clipboard = openClipboard(wake);
  clipboard.send("ours");
  clipboard.turn(performance.now());
  await copyElsewhere("theirs");
  expect(await turning(clipboard, clipboard.fetch(performance.now()))).toBe("theirs");
});

test("FILE-20 text sent just after another program had the clipboard is not lost to the old event", async () => {
  using wake = new WakePipe();
  using clipboard = openClipboard(wake);
  clipboard.send("first");
  await copyElsewhere("theirs");
  clipboard.send("second");
  expect(await turning(clipboard, display.run(["xsel", "-ob"]))).toBe("second");
  expect(await clipboard.fetch(performance.now())).toBe("second");
});
