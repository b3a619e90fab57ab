/** xterm with what we add to it: fitting, search, wide characters, and WebGL where the browser has it. */
import { FitAddon } from "@xterm/addon-fit";
import { SearchAddon } from "@xterm/addon-search";
import { Unicode11Addon } from "@xterm/addon-unicode11";
import { WebglAddon } from "@xterm/addon-webgl";
import { Terminal } from "@xterm/xterm";
import { adoptScriptedStyles } from "./adopted-styles.ts";
import { SCROLLBACK_LINES, terminalFont, terminalTheme } from "./terminal-look.ts";

export interface TerminalPaneEvents {
  onInput(bytes: Uint8Array): void;
  onResize(rows: number, columns: number): void;
  /** Text is about to be pasted; the owner calls `paste` if it may. */
  onPaste(text: string): void;
}

const RESIZE_PAUSE_MS = 120;
const encoder = new TextEncoder();

export class TerminalPane implements Disposable {
  readonly #terminal: Terminal;
  readonly #fit = new FitAddon();
  readonly #search = new SearchAddon();
  readonly #observer: ResizeObserver;
  readonly #themeObserver: MutationObserver;
  #resizing: ReturnType<typeof setTimeout> | undefined;

  private constructor(
    private readonly host: HTMLElement,
    fontFamily: string,
    private readonly events: TerminalPaneEvents,
  ) {
    Terminal.strings.promptLabel = "Terminal input";
    Terminal.strings.tooMuchOutput = "Too much output to read out. Move through the rows to read it.";
    this.#terminal = new Terminal({
      allowProposedApi: true,
      cursorBlink: true,
      fontFamily,
      fontSize: 13,
      lineHeight: 1.3,
      scrollback: SCROLLBACK_LINES,
      // The output is mirrored to a live region that a screen reader can follow.
      screenReaderMode: true,
      theme: terminalTheme(host),
    });
    this.#observer = new ResizeObserver(() => this.#fitSoon());
    this.#themeObserver = new MutationObserver(() => (this.#terminal.options.theme = terminalTheme(host)));
    this.#open();
  }

  /** Opens a terminal in `host`; it waits for the typeface, because cells are measured once. */
  static async open(host: HTMLElement, events: TerminalPaneEvents): Promise<TerminalPane> {
    adoptScriptedStyles();
    return new TerminalPane(host, await terminalFont(host), events);
  }

  get rows(): number {
    return this.#terminal.rows;
  }
  get columns(): number {
    return this.#terminal.cols;
  }
  get selection(): string {
    return this.#terminal.getSelection();
  }

  /** Everything that can be scrolled back to, as text. */
  get text(): string {
    const buffer = this.#terminal.buffer.active;
    const lines = Array.from({ length: buffer.length }, (_, at) => buffer.getLine(at));
    const text = lines.map(
      (line, at) => (at > 0 && line?.isWrapped ? "" : "\n") + (line?.translateToString(true) ?? ""),
    );
    return `${text.join("").trim()}\n`;
  }

  /** Shows output; `onShown` is called when it has been dealt with. */
  write(bytes: Uint8Array, onShown: () => void): void {
    this.#terminal.write(bytes, onShown);
  }

  /** A line of our own among the output, dim. */
  say(text: string): void {
    this.#terminal.write(`\r\n\x1b[0;2m${text}\x1b[0m\r\n`);
  }

  paste(text: string): void {
    this.#terminal.paste(text);
  }

  focus(): void {
    this.#terminal.focus();
  }

  find(words: string, isBackwards: boolean): boolean {
    return isBackwards ? this.#search.findPrevious(words) : this.#search.findNext(words);
  }

  [Symbol.dispose](): void {
    clearTimeout(this.#resizing);
    this.#observer.disconnect();
    this.#themeObserver.disconnect();
    this.#terminal.dispose();
  }

  #open(): void {
    const terminal = this.#terminal;
    terminal.loadAddon(this.#fit);
    terminal.loadAddon(this.#search);
    terminal.loadAddon(new Unicode11Addon());
    terminal.unicode.activeVersion = "11";
    terminal.open(this.host);
    this.#drawWithWebgl();
    this.#fit.fit();
    terminal.onData((text) => this.events.onInput(encoder.encode(text)));
    terminal.onBinary((text) => this.events.onInput(Uint8Array.from(text, (one) => one.charCodeAt(0))));
    terminal.onResize(({ rows, cols }) => this.events.onResize(rows, cols));
    terminal.attachCustomKeyEventHandler((event) => this.#mayHandleKey(event));
    this.host.addEventListener("paste", (event) => this.#pasted(event), { capture: true });
    this.#observer.observe(this.host);
    this.#themeObserver.observe(document.documentElement, { attributeFilter: ["data-theme"] });
  }

  /** Without WebGL, or when the browser takes it away, xterm draws with elements: slower, the same picture. */
  #drawWithWebgl(): void {
    const webgl = new WebglAddon();
    try {
      webgl.onContextLoss(() => webgl.dispose());
      this.#terminal.loadAddon(webgl);
    } catch (error) {
      if (!(error instanceof Error)) throw error;
      webgl.dispose();
    }
  }

  /** Ctrl+Shift+C copies; Ctrl+Shift+V is left to the browser, which then gives us the text to paste. */
  #mayHandleKey(event: KeyboardEvent): boolean {
    if (!event.ctrlKey || !event.shiftKey || event.altKey) return true;
    if (event.code === "KeyV") return false;
    if (event.code !== "KeyC") return true;
    event.preventDefault();
    if (event.type === "keydown" && this.selection !== "") void navigator.clipboard.writeText(this.selection);
    return false;
  }

  #pasted(event: ClipboardEvent): void {
    event.preventDefault();
    event.stopPropagation();
    const text = event.clipboardData?.getData("text/plain") ?? "";
    if (text !== "") this.events.onPaste(text);
  }

  #fitSoon(): void {
    clearTimeout(this.#resizing);
    this.#resizing = setTimeout(() => {
      // A hidden tab has no size; fitting to it would tell the shell of a terminal one cell wide.
      if (this.host.clientWidth > 0 && this.host.clientHeight > 0) this.#fit.fit();
    }, RESIZE_PAUSE_MS);
  }
}
