/** Paints the question's window: on a picture beside it first, so that nothing flickers. */
import type { Pointer } from "bun:ffi";
import { toPointer } from "../../x11/c-library.ts";
import type { X11Connection } from "../../x11/connection.ts";
import { openX11Library, type X11Library } from "../../x11/libraries.ts";
import { type Box, layOutQuestion, layOutSilence, type LayoutOptions } from "../question-layout.ts";
import { type QuestionButton, questionButtons, type QuestionLayout, type Tone } from "../question-layout.ts";
import type { QuestionSentences } from "../words/question-sentences.ts";
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

export interface QuestionPainterOptions extends LayoutOptions {
  readonly sentences: QuestionSentences;
  readonly letters: Letters;
  readonly isDark: boolean;
}

export class QuestionPainter implements Disposable {
  readonly layout: QuestionLayout;
  readonly #connection: X11Connection;
  readonly #options: QuestionPainterOptions;
  readonly #drawing: X11Library<"drawing"> = openX11Library("drawing");
  readonly #palette: Palette;
  readonly #pen: Pointer;
  readonly #picture: number;

  constructor(connection: X11Connection, options: QuestionPainterOptions) {
    this.#connection = connection;
    this.#options = options;
    this.#palette = options.isDark ? dark : light;
    this.layout = layOutQuestion(options.sentences, options);
    const { pointer, root, x } = connection;
    const { width, height } = this.layout;
    this.#picture = Number(this.#drawing.XCreatePixmap(pointer, root, width, height, x.XDefaultDepth(pointer, 0)));
    this.#pen = toPointer(this.#drawing.XCreateGC(pointer, root, 0, null))!;
  }

  get question(): string {
    return this.#options.sentences.question;
  }

  /** Round the window. */
  get borderColour(): number {
    return this.#palette.control;
  }

  paint(window: number, focused: QuestionButton, secondsLeft: number): void {
    const { layout } = this;
    const { sentences } = this.#options;
    const { pointer } = this.#connection;
    this.#fill({ x: 0, y: 0, width: layout.width, height: layout.height }, this.#palette.paper);
    this.#fill({ x: 0, y: 0, width: layout.width, height: this.#px(4) }, this.#palette.accent);
    const silence = layOutSilence(sentences.silence(secondsLeft), layout, this.#options);
    for (const line of [...layout.lines, ...silence])
      this.#options.letters.write(this.#picture, line, this.#palette[line.tone satisfies Tone]);
    for (const button of questionButtons) this.#button(button, button === focused);
    this.#drawing.XSetWindowBackgroundPixmap(pointer, window, this.#picture);
    this.#drawing.XClearWindow(pointer, window);
    this.#connection.flush();
  }

  [Symbol.dispose](): void {
    const { pointer } = this.#connection;
    this.#options.letters[Symbol.dispose]();
    this.#drawing.XFreeGC(pointer, this.#pen);
    this.#drawing.XFreePixmap(pointer, this.#picture);
  }

  #button(button: QuestionButton, isFocused: boolean): void {
    const { sentences, letters } = this.#options;
    const box = this.layout.buttons[button];
    const { paper, control, accent, onAccent, ink, focus } = this.#palette;
    const isFilled = button === "allow";
    if (isFocused) {
      this.#fill(grown(box, this.#px(4)), focus);
      this.#fill(grown(box, this.#px(2)), paper);
    }
    this.#fill(box, isFilled ? accent : control);
    if (!isFilled) this.#fill(grown(box, -this.#px(1)), paper);
    const text = sentences[button];
    const x = box.x + Math.round((box.width - letters.widthOf(text, "strong")) / 2);
    const baseline = box.y + Math.round(box.height / 2) + this.#px(6);
    letters.write(this.#picture, { text, style: "strong", x, baseline }, isFilled ? onAccent : ink);
  }

  #fill({ x, y, width, height }: Box, colour: number): void {
    const { pointer } = this.#connection;
    this.#drawing.XSetForeground(pointer, this.#pen, colour);
    this.#drawing.XFillRectangle(pointer, this.#picture, this.#pen, x, y, width, height);
  }

  #px(length: number): number {
    return Math.round(length * this.#options.scale);
  }
}

const grown = ({ x, y, width, height }: Box, by: number): Box => ({
  ...{ x: x - by, y: y - by, width: width + 2 * by, height: height + 2 * by },
});
