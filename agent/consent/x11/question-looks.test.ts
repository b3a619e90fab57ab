import { ptr, read } from "bun:ffi";
import { expect, test } from "bun:test";
import { startVirtualDisplay, type VirtualDisplay } from "../../test/virtual-display.ts";
import { toPointer } from "../../x11/c-library.ts";
import { X11Connection } from "../../x11/connection.ts";
import { CustomerConsent } from "../customer-consent.ts";
import { QUESTION_TITLE } from "./x11-question.ts";

const asked = { siteName: "Northmoor", representative: "Rosa Représentante", wish: "View the screen" };

interface Shown {
  /** What the window asks. */
  readonly question: string;
  readonly width: number;
  /** The colour of its paper, 0xRRGGBB. */
  readonly paper: number;
}

/** Asks on the display as somebody with that locale there would be asked, and looks at the window. */
async function show(display: VirtualDisplay, locale: string | null, more: object = {}): Promise<Shown> {
  using consent = new CustomerConsent(() => [{ ...display.address, locale }]);
  consent.ask({ ...asked, permission: "screen.view", language: "fr", ...more, consent: "one", timeoutSeconds: 30 });
  const find = () => display.run(["xdotool", "search", "--name", QUESTION_TITLE]).catch(() => "");
  let window = "";
  for (let attempt = 0; window === "" && attempt < 200; attempt += 1) {
    await Bun.sleep(25);
    window = (await find()).trim();
  }
  await Bun.sleep(100);
  const property = await display.run(["xprop", "-id", window, "-notype", "8u", "_NET_WM_NAME"]);
  const shape = await display.run(["xdotool", "getwindowgeometry", "--shell", window]);
  const value = (name: string): number => Number(new RegExp(`^${name}=(\\d+)$`, "mu").exec(shape)![1]);
  const paper = colourAt(display, value("X") + 10, value("Y") + 20);
  consent.withdraw("one");
  while (consent.isAsking) await Bun.sleep(20);
  return { question: /"(.*)"/u.exec(property)![1]!, width: value("WIDTH"), paper };
}

function colourAt({ address }: VirtualDisplay, x: number, y: number): number {
  using connection = new X11Connection(address);
  const { pointer, root } = connection;
  const picture = toPointer(connection.x.XGetImage(pointer, root, x, y, 1, 1, 0xffffffff, 2))!;
  // struct XImage: width, height, xoffset, format, then its data
  return read.u32(toPointer(read.u64(picture, 16))!, 0) & 0xffffff;
}

test("JUMP-13 the question speaks the desktop's language, else the site's, else English", async () => {
  await using display = await startVirtualDisplay();
  expect((await show(display, "de_DE.UTF-8")).question).toBe("Darf Rosa Représentante Ihren Bildschirm sehen?");
  expect((await show(display, "es_MX")).question).toBe("¿Permite que Rosa Représentante vea su pantalla?");
  expect((await show(display, "ja_JP.UTF-8")).question).toBe("Rosa Représentante があなたの画面を見てもよいですか？");
  expect((await show(display, null)).question).toBe("Autorisez-vous Rosa Représentante à voir votre écran ?");
  expect((await show(display, "pt_BR", { language: "xx" })).question).toBe("May Rosa Représentante see your screen?");
});

test("the question is light or dark as the desktop's theme is", async () => {
  await using display = await startVirtualDisplay();
  expect((await show(display, null)).paper).toBe(0xffffff);
  using connection = new X11Connection(display.address);
  const { x, pointer, root } = connection;
  const manager = Number(x.XCreateSimpleWindow(pointer, root, 0, 0, 1, 1, 0, 0, 0));
  const settings = Uint8Array.fromHex(
    "000000000100000001000000 01000d004e65742f5468656d654e616d65000000 00000000 0c000000416477616974612d6461726b".replaceAll(
      " ",
      "",
    ),
  );
  const [selection, property] = [connection.atom("_XSETTINGS_S0"), connection.atom("_XSETTINGS_SETTINGS")];
  x.XChangeProperty(pointer, manager, property, property, 8, 0, ptr(settings), settings.length);
  x.XSetSelectionOwner(pointer, selection, manager, 0);
  connection.sync();
  expect((await show(display, null)).paper).toBe(0x1b2226);
});

test("on a screen twice as fine the question is twice as large", async () => {
  await using display = await startVirtualDisplay("2560x1600");
  const { width } = await show(display, null);
  await display.run(["xrdb", "-merge"], "Xft.dpi: 192\n");
  expect((await show(display, null)).width).toBe(2 * width);
});
