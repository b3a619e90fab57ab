import { ptr, read } from "bun:ffi";
import { expect, test } from "bun:test";
import { CustomerDesktop, until } from "../../test/customer-desktop.ts";
import { toPointer } from "../../x11/c-library.ts";
import { type DisplayAddress, X11Connection } from "../../x11/connection.ts";
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
async function show(desktop: CustomerDesktop, locale: string | null, more: object = {}): Promise<Shown> {
  using consent = new CustomerConsent(() => desktop.on(locale));
  consent.ask({ ...asked, permission: "screen.view", language: "fr", ...more, consent: "one", timeoutSeconds: 30 });
  await until(() => desktop.isShown());
  await Bun.sleep(100);
  const question = await desktop.text();
  const { x, y, width } = await desktop.geometry();
  const paper = colourAt(desktop.display.address, x + 10, y + 20);
  consent.withdraw("one");
  while (consent.isAsking) await Bun.sleep(20);
  return { question, width, paper };
}

function colourAt(address: DisplayAddress, x: number, y: number): number {
  using connection = new X11Connection(address);
  const { pointer, root } = connection;
  const picture = toPointer(connection.x.XGetImage(pointer, root, x, y, 1, 1, 0xffffffff, 2))!;
  // struct XImage: width, height, xoffset, format, then its data
  return read.u32(toPointer(read.u64(picture, 16))!, 0) & 0xffffff;
}

test("JUMP-13 the question speaks the desktop's language, else the site's, else English", async () => {
  await using desktop = await CustomerDesktop.start(QUESTION_TITLE);
  expect((await show(desktop, "de_DE.UTF-8")).question).toBe("Darf Rosa Représentante Ihren Bildschirm sehen?");
  expect((await show(desktop, "es_MX")).question).toBe("¿Permite que Rosa Représentante vea su pantalla?");
  expect((await show(desktop, "ja_JP.UTF-8")).question).toBe("Rosa Représentante があなたの画面を見てもよいですか？");
  expect((await show(desktop, null)).question).toBe("Autorisez-vous Rosa Représentante à voir votre écran ?");
  expect((await show(desktop, "pt_BR", { language: "xx" })).question).toBe("May Rosa Représentante see your screen?");
});

test("the question is light or dark as the desktop's theme is", async () => {
  await using desktop = await CustomerDesktop.start(QUESTION_TITLE);
  expect((await show(desktop, null)).paper).toBe(0xffffff);
  using connection = new X11Connection(desktop.display.address);
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
  expect((await show(desktop, null)).paper).toBe(0x1b2226);
});

test("on a screen twice as fine the question is twice as large", async () => {
  await using desktop = await CustomerDesktop.start(QUESTION_TITLE, "2560x1600");
  const { width } = await show(desktop, null);
  await desktop.display.run(["xrdb", "-merge"], "Xft.dpi: 192\n");
  expect((await show(desktop, null)).width).toBe(2 * width);
});
