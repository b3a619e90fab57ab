import { ptr } from "bun:ffi";
import { expect, test } from "bun:test";
import type { NoticeStop } from "../../protocol/messages/connected-notice.ts";
import { startVirtualDisplay, type VirtualDisplay } from "../test/virtual-display.ts";
import { EVENT_BYTES, fixedBytes, X11Connection } from "../x11/connection.ts";
import { CustomerNotice } from "./customer-notice.ts";
import { NOTICE_TITLE } from "./x11/x11-notice.ts";

const notice = (session = "one", representatives = ["Rosa Représentante"]) => ({
  ...{ session, siteName: "Northmoor", representatives, language: "en", mayAppear: true },
});

interface Shown extends AsyncDisposable {
  readonly display: VirtualDisplay;
  readonly notices: CustomerNotice;
  readonly stops: [string, NoticeStop][];
  /** Whether a representative has mouse and keyboard. */
  isControlled: boolean;
}

async function showing(locale: string | null = null): Promise<Shown> {
  const stack = new AsyncDisposableStack();
  const display = stack.use(await startVirtualDisplay());
  const find = () => [{ ...display.address, locale }];
  const notices = stack.use(new CustomerNotice({ find, isControlled: () => shown.isControlled }));
  const stops: Shown["stops"] = [];
  notices.onStop((session, how) => stops.push([session, how]));
  const shown: Shown = {
    ...{ display, notices, stops, isControlled: false },
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  };
  return shown;
}

async function until(fits: () => boolean | Promise<boolean>): Promise<void> {
  for (let attempt = 0; attempt < 200; attempt += 1) {
    if (await fits()) return;
    await Bun.sleep(25);
  }
  throw new Error("it did not come so far");
}

const windowOf = async ({ display }: Shown): Promise<string> =>
  (await display.run(["xdotool", "search", "--name", NOTICE_TITLE]).catch(() => "")).trim();
const isShown = async (shown: Shown): Promise<boolean> => (await windowOf(shown)) !== "";
const isGone = async (shown: Shown): Promise<boolean> => !(await isShown(shown));

/** What the window says, once it does. */
async function text(shown: Shown): Promise<string> {
  const property = await shown.display.run(["xprop", "-id", await windowOf(shown), "-notype", "8u", "_NET_WM_NAME"]);
  return /"(.*)"/u.exec(property)?.[1] ?? "";
}

async function geometry(shown: Shown): Promise<{ x: number; y: number; width: number; height: number }> {
  const shell = await shown.display.run(["xdotool", "getwindowgeometry", "--shell", await windowOf(shown)]);
  const value = (name: string): number => Number(new RegExp(`^${name}=(-?\\d+)$`, "mu").exec(shell)![1]);
  return { x: value("X"), y: value("Y"), width: value("WIDTH"), height: value("HEIGHT") };
}

/** Where its button is, on the screen. */
async function stopButton(shown: Shown): Promise<[string, string]> {
  const { x, y, width, height } = await geometry(shown);
  return [String(x + width - 60), String(y + Math.round(height / 2))];
}

async function clickStop(shown: Shown): Promise<void> {
  await shown.display.run(["xdotool", "mousemove", ...(await stopButton(shown)), "click", "1"]);
}

test("JUMP-13 the customer sees who is connected and ends the session with a click", async () => {
  await using shown = await showing();
  shown.notices.show(notice());
  await until(() => isShown(shown));
  expect(await text(shown)).toBe("Rosa Représentante is connected · Stop");
  await clickStop(shown);
  await until(() => shown.stops.length > 0);
  expect(shown.stops).toEqual([["one", "button"]]);
  await until(() => isGone(shown));
});

test("JUMP-13 the keyboard ends it, too: its keys bring the notice forward, Escape goes back, Enter ends", async () => {
  await using shown = await showing();
  const { display } = shown;
  display.start(["xterm", "-title", "work"]);
  const search = ["xdotool", "search", "--onlyvisible", "--name", "work"];
  await until(async () => (await display.run(search).catch(() => "")) !== "");
  const work = (await display.run(search)).trim().split("\n")[0]!;
  await display.run(["xdotool", "windowfocus", work]);
  shown.notices.show(notice());
  await until(() => isShown(shown));
  const focused = async () => (await display.run(["xdotool", "getwindowfocus"])).trim();
  expect(await focused()).toBe(work);
  await display.run(["xdotool", "key", "Return", "Escape"]);
  await display.run(["xdotool", "key", "ctrl+alt+shift+End"]);
  await until(async () => (await focused()) === (await windowOf(shown)));
  await display.run(["xdotool", "key", "Escape"]);
  await until(async () => (await focused()) === work);
  expect(shown.stops).toEqual([]);
  await display.run(["xdotool", "key", "ctrl+alt+shift+End"]);
  await until(async () => (await focused()) === (await windowOf(shown)));
  await display.run(["xdotool", "key", "Return"]);
  await until(() => shown.stops.length > 0);
  expect(shown.stops).toEqual([["one", "button"]]);
  await until(async () => (await focused()) === work);
});

test("JUMP-13 what a representative in control clicks and types there ends nothing in the customer's name", async () => {
  await using shown = await showing();
  shown.notices.show(notice());
  await until(() => isShown(shown));
  shown.isControlled = true;
  await clickStop(shown);
  await shown.display.run(["xdotool", "key", "ctrl+alt+shift+End"]);
  await Bun.sleep(200);
  await shown.display.run(["xdotool", "key", "Return"]);
  await Bun.sleep(300);
  expect([shown.stops, await isShown(shown)]).toEqual([[], true]);
  shown.isControlled = false;
  await clickStop(shown);
  await until(() => shown.stops.length > 0);
});

/** Asks the window to close as a window manager's button does (ICCCM, WM_DELETE_WINDOW). */
function askToClose({ address }: VirtualDisplay, window: number): void {
  using connection = new X11Connection(address);
  const event = new DataView(fixedBytes(EVENT_BYTES).buffer);
  event.setInt32(0, 33, true);
  event.setBigUint64(32, BigInt(window), true);
  event.setBigUint64(40, BigInt(connection.atom("WM_PROTOCOLS")), true);
  event.setInt32(48, 32, true);
  event.setBigUint64(56, BigInt(connection.atom("WM_DELETE_WINDOW")), true);
  connection.x.XSendEvent(connection.pointer, window, 0, 0, ptr(event));
  connection.sync();
}

test("JUMP-13 a session does not go on without its notice: closing it in any way ends the session", async () => {
  await using shown = await showing();
  const { display, notices, stops } = shown;
  const closings: Readonly<Record<string, (window: string) => unknown>> = {
    asked: (window) => askToClose(display, Number(window)),
    destroyed: (window) => display.run(["xdotool", "windowclose", window]),
    cut: (window) => display.run(["xkill", "-id", window]),
  };
  for (const [way, close] of Object.entries(closings)) {
    notices.show(notice(way));
    await until(() => isShown(shown));
    await close(await windowOf(shown));
    await until(() => stops.length > 0);
    expect(stops.splice(0)).toEqual([[way, "closed"]]);
    await until(() => isGone(shown));
  }
});

test("it comes back from under other windows, from being hidden and from being pushed away", async () => {
  await using shown = await showing();
  const { display } = shown;
  shown.notices.show(notice());
  await until(() => isShown(shown));
  const before = await geometry(shown);
  const window = await windowOf(shown);
  for (const trick of [
    ["windowmove", window, "3000", "0"],
    ["windowsize", window, "20", "20"],
    ["windowunmap", window],
  ]) {
    await display.run(["xdotool", ...trick]);
    await until(async () => JSON.stringify(await geometry(shown)) === JSON.stringify(before));
    await until(async () => (await display.run(["xwininfo", "-id", window])).includes("IsViewable"));
  }
  display.start(["xterm", "-geometry", "250x80+0+0", "-title", "coverer"]);
  await until(async () => (await display.run(["xdotool", "search", "--name", "coverer"]).catch(() => "")) !== "");
  await Bun.sleep(1500);
  await clickStop(shown);
  await until(() => shown.stops.length > 0);
});

test("it is dragged out of the way and stays whole on the screen", async () => {
  await using shown = await showing();
  const { display } = shown;
  shown.notices.show(notice());
  await until(() => isShown(shown));
  const before = await geometry(shown);
  const grip = [String(before.x + 10), String(before.y + 10)];
  await display.run(["xdotool", "mousemove", ...grip, "mousedown", "1", "mousemove", "200", "100", "mouseup", "1"]);
  await until(async () => (await geometry(shown)).x === 190);
  expect(await geometry(shown)).toMatchObject({ x: 190, y: 90, width: before.width });
  await display.run(["xdotool", "mousemove", "200", "100", "mousedown", "1", "mousemove", "0", "0", "mouseup", "1"]);
  await until(async () => (await geometry(shown)).x === 0);
  expect((await geometry(shown)).y).toBe(0);
  expect(shown.stops).toEqual([]);
});

test("it names whoever is there now, and goes with its session alone", async () => {
  await using shown = await showing("de_DE.UTF-8");
  shown.notices.show({ ...notice(), mayAppear: false });
  await Bun.sleep(200);
  expect(await isShown(shown)).toBe(false);
  shown.notices.show(notice());
  await until(() => isShown(shown));
  expect(await text(shown)).toBe("Rosa Représentante ist verbunden · Beenden");
  shown.notices.show({ ...notice("one", ["Rosa", "Tom"]), mayAppear: false });
  await until(async () => (await text(shown)) === "Rosa und Tom sind verbunden · Beenden");
  shown.notices.keepOnly(["one", "two"]);
  await Bun.sleep(200);
  expect(await isShown(shown)).toBe(true);
  shown.notices.keepOnly(["two"]);
  await until(() => isGone(shown));
  expect(shown.stops).toEqual([]);
});

test("a notice whose program dies comes back by itself", async () => {
  await using shown = await showing();
  shown.notices.show(notice());
  await until(() => isShown(shown));
  const [child] = Bun.spawnSync(["pgrep", "-P", String(process.pid), "-f", "show-notice"])
    .stdout.toString()
    .split("\n");
  process.kill(Number(child), "SIGKILL");
  await until(() => isGone(shown));
  await until(() => isShown(shown));
  expect(shown.stops).toEqual([]);
});

test("a display that goes ends no session: the notice comes back with the next display", async () => {
  await using first = await startVirtualDisplay();
  const displays = [{ ...first.address, locale: null }];
  using notices = new CustomerNotice({ find: () => displays, isControlled: () => false });
  const stops: unknown[] = [];
  notices.onStop((...stop) => stops.push(stop));
  notices.show(notice());
  const isOn = async (display: VirtualDisplay) =>
    (await display.run(["xdotool", "search", "--name", NOTICE_TITLE]).catch(() => "")) !== "";
  await until(() => isOn(first));
  await first.kill();
  await using second = await startVirtualDisplay();
  displays[0] = { ...second.address, locale: null };
  await until(() => isOn(second));
  expect(stops).toEqual([]);
});
