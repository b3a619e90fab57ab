/** Paints the question's window. */
import type { X11Connection } from "../../x11/connection.ts";
import { layOutQuestion, layOutSilence, type LayoutOptions } from "../question-layout.ts";
import { type QuestionButton, questionButtons, type QuestionLayout } from "../question-layout.ts";
import type { QuestionSentences } from "../words/question-sentences.ts";
import { Canvas } from "./canvas.ts";
import type { Letters } from "./letters.ts";

export interface QuestionPainterOptions extends LayoutOptions {
  readonly sentences: QuestionSentences;
  readonly letters: Letters;
  readonly isDark: boolean;
}

export class QuestionPainter implements Disposable {
  readonly layout: QuestionLayout;
  readonly #options: QuestionPainterOptions;
  readonly #canvas: Canvas;

  constructor(connection: X11Connection, options: QuestionPainterOptions) {
    this.#options = options;
    this.layout = layOutQuestion(options.sentences, options);
    const { width, height } = this.layout;
    const { letters, isDark, scale } = options;
    this.#canvas = new Canvas(connection, { width, height, letters, isDark, scale });
  }

  get question(): string {
    return this.#options.sentences.question;
  }

  /** Round the window. */
  get borderColour(): number {
    return this.#canvas.palette.control;
  }

  paint(window: number, focused: QuestionButton, secondsLeft: number): void {
    const { layout } = this;
    const { sentences } = this.#options;
    this.#canvas.clear();
    this.#canvas.write([...layout.lines, ...layOutSilence(sentences.silence(secondsLeft), layout, this.#options)]);
    for (const button of questionButtons) {
      const looks = { text: sentences[button], isFilled: button === "allow", isFocused: button === focused };
      this.#canvas.button(layout.buttons[button], looks);
    }
    this.#canvas.show(window);
  }

  [Symbol.dispose](): void {
    this.#canvas[Symbol.dispose]();
  }
}
