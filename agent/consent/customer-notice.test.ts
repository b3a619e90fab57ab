import { expect, test } from "bun:test";
import type { NoticeStop } from "../../protocol/messages/connected-notice.ts";
import { ownProgram } from "../own-program.ts";
import { CustomerDesktop, until, waysToClose, waysToDisplace } from "../test/customer-desktop.ts";
import { CustomerNotice } from "./customer-notice.ts";
import { NOTICE_TITLE } from "./x11/x11-notice.ts";

const notice = (session = "one", representatives = ["Rosa Représentante"]) => ({
  ...{ session, siteName: "Northmoor", representatives, language: "en", mayAppear: true },
});

interface Shown extends AsyncDisposable {
  readonly desktop: CustomerDesktop;
  readonly notices: CustomerNotice;
  readonly stops: [string, NoticeStop][];
  /** Whether a representative has mouse and keyboard. */
  isControlled: boolean;
}

async function showing(locale: string | null = null): Promise<Shown> {
  const stack = new AsyncDisposableStack();
  const desktop = stack.use(await CustomerDesktop.start(NOTICE_TITLE));
  const find = () => desktop.on(locale);
  const notices = stack.use(new CustomerNotice({ find, isControlled: () => shown.isControlled }));
  const stops: Shown["stops"] = [];
  notices.onStop((session, how) => stops.push([session, how]));
  const shown: Shown = {
    ...{ desktop, notices, stops, isControlled: false },
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  };
  return shown;
}

/** Its button stands at the right, in the middle. */
async function clickStop(desktop: CustomerDesktop): Promise<void> {
  const { height } = await desktop.geometry();
  await desktop.click(60, height - Math.round(height / 2));
}

test("JUMP-13 the customer sees who is connected and ends the session with a click", async () => {
  await using shown = await showing();
  const { desktop, notices, stops } = shown;
  notices.show(notice());
  await until(() => desktop.isShown());
  expect(await desktop.text()).toBe("Rosa Représentante is connected · Stop");
  await clickStop(desktop);
  await until(() => stops.length > 0);
  expect(stops).toEqual([["one", "button"]]);
  await until(() => desktop.isGone());
});

test("JUMP-13 the keyboard ends it, too: its keys bring the notice forward, Escape goes back, Enter ends", async () => {
  await using shown = await showing();
  const { desktop, notices, stops } = shown;
  const work = await desktop.open("work", "80x24+0+0");
  await desktop.xdotool("windowfocus", work);
  notices.show(notice());
  await until(() => desktop.isShown());
  const focused = async () => (await desktop.xdotool("getwindowfocus")).trim();
  expect(await focused()).toBe(work);
  await desktop.key("Return", "Escape");
  await desktop.key("ctrl+alt+shift+End");
  await until(async () => (await focused()) === (await desktop.window()));
  await desktop.key("Escape");
  await until(async () => (await focused()) === work);
  expect(stops).toEqual([]);
  await desktop.key("ctrl+alt+shift+End");
  await until(async () => (await focused()) === (await desktop.window()));
  await desktop.key("Return");
  await until(() => stops.length > 0);
  expect(stops).toEqual([["one", "button"]]);
  await until(async () => (await focused()) === work);
});

test("JUMP-13 what a representative in control clicks and types there ends nothing in the customer's name", async () => {
  await using shown = await showing();
  const { desktop, notices, stops } = shown;
  notices.show(notice());
  await until(() => desktop.isShown());
  shown.isControlled = true;
  await clickStop(desktop);
  await desktop.key("ctrl+alt+shift+End");
  await Bun.sleep(200);
  await desktop.key("Return");
  await Bun.sleep(300);
  expect([stops, await desktop.isShown()]).toEqual([[], true]);
  shown.isControlled = false;
  await clickStop(desktop);
  await until(() => stops.length > 0);
});

test("JUMP-13 a session does not go on without its notice: closing it in any way ends the session", async () => {
  await using shown = await showing();
  const { desktop, notices, stops } = shown;
  for (const way of waysToClose) {
    notices.show(notice(way));
    await until(() => desktop.isShown());
    await desktop.close(way);
    await until(() => stops.length > 0);
    expect(stops.splice(0)).toEqual([[way, "closed"]]);
    await until(() => desktop.isGone());
  }
});

test("it comes back from under other windows, from being hidden and from being pushed away", async () => {
  await using shown = await showing();
  const { desktop, notices, stops } = shown;
  notices.show(notice());
  await until(() => desktop.isShown());
  const before = await desktop.geometry();
  for (const way of waysToDisplace) {
    await desktop.displace(way);
    await desktop.isBackAt(before);
  }
  await desktop.open("coverer");
  await Bun.sleep(1500);
  await clickStop(desktop);
  await until(() => stops.length > 0);
});

test("it is dragged out of the way and stays whole on the screen", async () => {
  await using shown = await showing();
  const { desktop, notices, stops } = shown;
  notices.show(notice());
  await until(() => desktop.isShown());
  const before = await desktop.geometry();
  const grip = [String(before.x + 10), String(before.y + 10)];
  await desktop.xdotool("mousemove", ...grip, "mousedown", "1", "mousemove", "200", "100", "mouseup", "1");
  await until(async () => (await desktop.geometry()).x === 190);
  expect(await desktop.geometry()).toMatchObject({ x: 190, y: 90, width: before.width });
  await desktop.xdotool("mousemove", "200", "100", "mousedown", "1", "mousemove", "0", "0", "mouseup", "1");
  await until(async () => (await desktop.geometry()).x === 0);
  expect((await desktop.geometry()).y).toBe(0);
  expect(stops).toEqual([]);
});

test("it names whoever is there now, and goes with its session alone", async () => {
  await using shown = await showing("de_DE.UTF-8");
  const { desktop, notices, stops } = shown;
  notices.show({ ...notice(), mayAppear: false });
  await Bun.sleep(200);
  expect(await desktop.isShown()).toBe(false);
  notices.show(notice());
  await until(() => desktop.isShown());
  expect(await desktop.text()).toBe("Rosa Représentante ist verbunden · Beenden");
  notices.show({ ...notice("one", ["Rosa", "Tom"]), mayAppear: false });
  await until(async () => (await desktop.text()) === "Rosa und Tom sind verbunden · Beenden");
  notices.keepOnly(["one", "two"]);
  await Bun.sleep(200);
  expect(await desktop.isShown()).toBe(true);
  notices.keepOnly(["two"]);
  await until(() => desktop.isGone());
  expect(stops).toEqual([]);
});

test("a notice whose program dies comes back by itself", async () => {
  await using shown = await showing();
  const { desktop, notices, stops } = shown;
  notices.show(notice());
  await until(() => desktop.isShown());
  CustomerDesktop.crash("show-notice");
  await until(() => desktop.isGone());
  await until(() => desktop.isShown());
  expect(stops).toEqual([]);
});

test("JUMP-13 a notice whose program cannot be started ends no session, and comes once it can", async () => {
  await using desktop = await CustomerDesktop.start(NOTICE_TITLE);
  const program = ["/nowhere/causeway-agent", "show-notice"];
  using notices = new CustomerNotice({ find: () => desktop.on(null), isControlled: () => false, program });
  const stops: unknown[] = [];
  notices.onStop((...stop) => stops.push(stop));
  notices.show(notice());
  notices.show(notice("one", ["Rosa", "Tom"]));
  await Bun.sleep(200);
  expect(await desktop.isShown()).toBe(false);
  program.splice(0, program.length, ...ownProgram("show-notice"));
  await until(() => desktop.isShown());
  expect(await desktop.text()).toBe("Rosa and Tom are connected · Stop");
  expect(stops).toEqual([]);
});

test("a display that goes ends no session: the notice comes back with the next display", async () => {
  await using first = await CustomerDesktop.start(NOTICE_TITLE);
  let displays = first.on(null);
  using notices = new CustomerNotice({ find: () => displays, isControlled: () => false });
  const stops: unknown[] = [];
  notices.onStop((...stop) => stops.push(stop));
  notices.show(notice());
  await until(() => first.isShown());
  await first.display.kill();
  await using second = await CustomerDesktop.start(NOTICE_TITLE);
  displays = second.on(null);
  await until(() => second.isShown());
  expect(stops).toEqual([]);
});
