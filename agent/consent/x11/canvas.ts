/** Draws on a picture beside a window first, so that nothing flickers. */
import type { Pointer } from "bun:ffi";
import { toPointer } from "../../x11/c-library.ts";
import type { X11Connection } from "../../x11/connection.ts";
import { openX11Library, type X11Library } from "../../x11/libraries.ts";
import type { Box, PlacedLine } from "../window-layout.ts";
import type { DesktopLooks } from "./desktop-looks.ts";
import type { Letters } from "./letters.ts";

/** The pages' own colours (ui/design/tokens.css) as an X server takes them. */
const light = {
  ...{ paper: 0xffffff, control: 0x899296, accent: 0x015a6a, onAccent: 0xfcfcf9, focus: 0x00809a },
  ...{ ink: 0x172227, quiet: 0x444f54, faint: 0x5d666b },
} as const;
const dark: Palette = {
  ...{ paper: 0x1b2226, control: 0x667176, accent: 0x7abec7, onAccent: 0x06161c, focus: 0x5ecad7 },
  ...{ ink: 0xe9e8e3, quiet: 0xabb4b8, faint: 0x98a2a6 },
};
type Palette = Readonly<Record<keyof typeof light, number>>;

export interface CanvasButton {
  readonly text: string;
  /** Whether it is the one of two that is drawn filled. */
  readonly isFilled: boolean;
  readonly isFocused: boolean;
}

export class Canvas implements Disposable {
  readonly palette: Palette;
  readonly #connection: X11Connection;
  readonly #size: Pick<Box, "width" | "height">;
  readonly #letters: Letters;
  readonly #scale: number;
  readonly #drawing: X11Library<"drawing"> = openX11Library("drawing");
  readonly #pen: Pointer;
  readonly #picture: number;

  /** @param letters are the canvas's own from then on */
  constructor(
    connection: X11Connection,
    size: Pick<Box, "width" | "height">,
    letters: Letters,
    { isDark, scale }: Pick<DesktopLooks, "isDark" | "scale">,
  ) {
    this.#connection = connection;
    [this.#size, this.#letters, this.#scale] = [size, letters, scale];
    this.palette = isDark ? dark : light;
    const { pointer, root, x } = connection;
    const depth = x.XDefaultDepth(pointer, 0);
    this.#picture = Number(this.#drawing.XCreatePixmap(pointer, root, size.width, size.height, depth));
    this.#pen = toPointer(this.#drawing.XCreateGC(pointer, root, 0, null))!;
  }

  /** An empty sheet with an edge of the site's colour at its top. */
  clear(): void {
    const { width, height } = this.#size;
    this.#fill({ x: 0, y: 0, width, height }, this.palette.paper);
    this.#fill({ x: 0, y: 0, width, height: this.#px(4) }, this.palette.accent);
  }

  write(lines: readonly PlacedLine[]): void {
    for (const line of lines) this.#letters.write(this.#picture, line, this.palette[line.tone]);
  }

  button(box: Box, { text, isFilled, isFocused }: CanvasButton): void {
    const letters = this.#letters;
    const { paper, control, accent, onAccent, ink, focus } = this.palette;
    if (isFocused) {
      this.#fill(grown(box, this.#px(4)), focus);
      this.#fill(grown(box, this.#px(2)), paper);
    }
    this.#fill(box, isFilled ? accent : control);
    if (!isFilled) this.#fill(grown(box, -this.#px(1)), paper);
    const x = box.x + Math.round((box.width - letters.widthOf(text, "strong")) / 2);
    const baseline = box.y + Math.round(box.height / 2) + this.#px(6);
    letters.write(this.#picture, { text, style: "strong", x, baseline }, isFilled ? onAccent : ink);
  }

  /** Puts what was drawn on the window. */
  show(window: number): void {
    const { pointer } = this.#connection;
    this.#drawing.XSetWindowBackgroundPixmap(pointer, window, this.#picture);
    this.#drawing.XClearWindow(pointer, window);
    this.#connection.flush();
  }

  [Symbol.dispose](): void {
    const { pointer } = this.#connection;
    this.#letters[Symbol.dispose]();
    this.#drawing.XFreeGC(pointer, this.#pen);
    this.#drawing.XFreePixmap(pointer, this.#picture);
  }

  #fill({ x, y, width, height }: Box, colour: number): void {
    const { pointer } = this.#connection;
    this.#drawing.XSetForeground(pointer, this.#pen, colour);
    this.#drawing.XFillRectangle(pointer, this.#picture, this.#pen, x, y, width, height);
  }

  #px(length: number): number {
    return Math.round(length * this.#scale);
  }
}

const grown = ({ x, y, width, height }: Box, by: number): Box => ({
  ...{ x: x - by, y: y - by, width: width + 2 * by, height: height + 2 * by },
});
