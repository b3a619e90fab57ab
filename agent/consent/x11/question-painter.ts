/** Paints the question's window. */
import type { LanguageCode } from "../../../protocol/languages.ts";
import type { X11Connection } from "../../x11/connection.ts";
import { layOutQuestion, layOutSilence, type QuestionButton, questionButtons } from "../question-layout.ts";
import type { QuestionLayout } from "../question-layout.ts";
import type { LayoutOptions } from "../window-layout.ts";
import { type AskedOfCustomer, languagesToAskIn, questionSentences } from "../words/question-sentences.ts";
import type { QuestionSentences } from "../words/question-sentences.ts";
import { Canvas } from "./canvas.ts";
import type { DesktopLooks } from "./desktop-looks.ts";
import type { WindowPainter } from "./shown-window.ts";
import { openSpeakingLetters } from "./speaking-letters.ts";

export class QuestionPainter implements WindowPainter {
  readonly layout: QuestionLayout;
  readonly #sentences: QuestionSentences;
  readonly #options: LayoutOptions;
  readonly #canvas: Canvas;

  /** @param locale of the desktop; null: not known */
  constructor(connection: X11Connection, looks: DesktopLooks, locale: string | null, asked: AskedOfCustomer) {
    const languages = languagesToAskIn(locale, asked.language);
    const { language, letters } = openSpeakingLetters(connection, languages, ownWords, looks.scale);
    this.#sentences = questionSentences(asked, language);
    this.#options = { measure: letters.widthOf.bind(letters), language, scale: looks.scale };
    this.layout = layOutQuestion(this.#sentences, this.#options);
    this.#canvas = new Canvas(connection, this.layout, letters, looks);
  }

  get text(): string {
    return this.#sentences.question;
  }

  get borderColour(): number {
    return this.#canvas.palette.control;
  }

  paint(window: number, focused: QuestionButton, secondsLeft: number): void {
    const [layout, sentences] = [this.layout, this.#sentences];
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

/** The question's own words, without names. */
function ownWords(language: LanguageCode): string {
  const { silence, ...sentences } = questionSentences({ siteName: "", representative: "", wish: "" }, language);
  return [...Object.values(sentences), silence(0)].join("");
}
