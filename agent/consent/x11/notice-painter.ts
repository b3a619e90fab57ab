/** Paints the notice of who is connected. */
import type { LanguageCode } from "../../../protocol/languages.ts";
import type { X11Connection } from "../../x11/connection.ts";
import { layOutNotice, type NoticeLayout } from "../notice-layout.ts";
import { type Connected, noticeSentences, type NoticeSentences } from "../words/notice-sentences.ts";
import { languagesToAskIn } from "../words/question-sentences.ts";
import { Canvas } from "./canvas.ts";
import type { DesktopLooks } from "./desktop-looks.ts";
import type { WindowPainter } from "./shown-window.ts";
import { openSpeakingLetters } from "./speaking-letters.ts";

export class NoticePainter implements WindowPainter {
  readonly layout: NoticeLayout;
  readonly #sentences: NoticeSentences;
  readonly #canvas: Canvas;

  /** @param locale of the desktop; null: not known */
  constructor(connection: X11Connection, looks: DesktopLooks, locale: string | null, connected: Connected) {
    const languages = languagesToAskIn(locale, connected.language);
    const { language, letters } = openSpeakingLetters(connection, languages, ownWords, looks.scale);
    this.#sentences = noticeSentences(connected, language);
    const measure = letters.widthOf.bind(letters);
    this.layout = layOutNotice(this.#sentences, { measure, language, scale: looks.scale });
    this.#canvas = new Canvas(connection, this.layout, letters, looks);
  }

  get text(): string {
    const { connected, stop } = this.#sentences;
    return `${connected} · ${stop}`;
  }

  get borderColour(): number {
    return this.#canvas.palette.control;
  }

  paint(window: number, isFocused: boolean): void {
    this.#canvas.clear();
    this.#canvas.write(this.layout.lines);
    this.#canvas.button(this.layout.stop, { text: this.#sentences.stop, isFilled: false, isFocused });
    this.#canvas.show(window);
  }

  [Symbol.dispose](): void {
    this.#canvas[Symbol.dispose]();
  }
}

/** The notice's own words, without names. */
function ownWords(language: LanguageCode): string {
  return Object.values(noticeSentences({ siteName: "", representatives: [""], language }, language)).join("");
}
