import type { SerialLine } from "./serial-line.ts";

/** Entries of the console's menu by their number. */
const numbers = {
  network: 1,
  hostName: 2,
  dns: 3,
  time: 4,
  setUpCode: 5,
  otherVersion: 6,
  recovery: 7,
  restart: 8,
  powerOff: 9,
  factoryReset: 10,
} as const;

/** A page's answer takes so long under emulation. */
const PAGE_MS = 180_000;
const PROMPT = /Choose a number: /u;

/** The menu that the appliance shows on its serial line, as somebody at a terminal uses it. */
export class ConsoleMenu {
  constructor(private readonly line: SerialLine) {}

  /** Waits for the menu. */
  async untilShown(patienceMs: number): Promise<void> {
    await this.line.waitFor(PROMPT, patienceMs);
  }

  /** Opens an entry from the front page. */
  open(entry: keyof typeof numbers): void {
    this.line.forget();
    this.line.typeLine(String(numbers[entry]));
  }

  /** Answers a page's question. */
  async answer(question: RegExp, text: string): Promise<void> {
    await this.line.waitFor(question, PAGE_MS);
    this.line.typeLine(text);
  }

  /** Back at the front page. @returns what it shows */
  async back(): Promise<string> {
    await this.line.waitFor(/Press Enter to go back\. /u, PAGE_MS);
    this.line.typeLine("");
    return await this.frontPage();
  }

  /** Lets the menu be drawn again. @returns the front page's text */
  async frontPage(): Promise<string> {
    this.line.forget();
    // An empty line is no entry's number, so that the page is only shown again.
    this.line.typeLine("");
    const before = this.line.text.length;
    await this.line.waitFor(PROMPT, PAGE_MS);
    return this.line.text.slice(before);
  }

  /** A fresh code that proves to the web pages that somebody stands here. */
  async setUpCode(): Promise<string> {
    this.open("setUpCode");
    const [code] = await this.line.waitFor(/\b[0-9A-Z]{4}-[0-9A-Z]{4}\b/u, PAGE_MS);
    await this.back();
    return code;
  }
}
