/** Text between this computer's clipboard and the remote one, both ways, by hand and by itself. */
import { MAX_CLIPBOARD_CHARACTERS } from "../../../../protocol/messages/screen.ts";
import type { SessionConnection } from "../../../connection/console-connection.ts";
import { formatCount } from "../../../kit/format.ts";
import { plural } from "../../../languages/plural.ts";

/** What happened, for a short notice. */
export interface ClipboardOutcome {
  readonly isDone: boolean;
  readonly title: string;
  readonly text: string;
}

const DENIED =
  "The browser does not let this page read the clipboard. Allow it beside the address, or paste the text into the remote computer as keys.";
const WRITE_DENIED = "The browser does not let this page write to the clipboard. Click into this page and try again.";
const size = (text: string): string => plural(text.length, ["# character", "# characters"]);

export class ClipboardShare implements Disposable {
  /** The remote clipboard holds text that has not been fetched. */
  hasNews = $state(false);
  readonly #connection: SessionConnection;
  readonly #listening: Disposable;
  /** Sent or fetched last, so that nothing goes to and fro. */
  #last = "";

  constructor(connection: SessionConnection) {
    this.#connection = connection;
    this.#listening = connection.on("clipboard.changed", () => (this.hasNews = true));
  }

  /** Puts this computer's clipboard text on the remote clipboard. */
  async send(): Promise<ClipboardOutcome> {
    let text: string;
    try {
      text = await navigator.clipboard.readText();
    } catch {
      // The browser says only that it did not happen; the person needs to know what to do.
      return { isDone: false, title: "Clipboard not sent", text: DENIED };
    }
    if (text === "")
      return { isDone: false, title: "Clipboard not sent", text: "This computer's clipboard holds no text." };
    if (text.length > MAX_CLIPBOARD_CHARACTERS) return tooLong(text);
    try {
      await this.#connection.ask("clipboard.send", { text });
    } catch (error) {
      return failure("Clipboard not sent", error);
    }
    this.#last = text;
    return { isDone: true, title: "Clipboard sent", text: `${size(text)} are on the remote clipboard.` };
  }

  /** Puts the remote clipboard's text on this computer's clipboard. */
  async fetch(): Promise<ClipboardOutcome> {
    try {
      const { result } = await this.#connection.ask("clipboard.fetch", {});
      this.hasNews = false;
      if (result.text === "")
        return { isDone: false, title: "Nothing fetched", text: "The remote clipboard holds no text." };
      this.#last = result.text;
      return await write(result.text);
    } catch (error) {
      return failure("Clipboard not fetched", error);
    }
  }

  /** The remote screen gets the keyboard: what was copied here meanwhile goes along, if the browser allows reading. */
  async sendByItself(): Promise<ClipboardOutcome | null> {
    if (!(await mayRead())) return null;
    let text: string;
    try {
      text = await navigator.clipboard.readText();
    } catch {
      // Another window has the focus by now, or the permission was just taken back: the buttons are still there.
      return null;
    }
    if (text === "" || text === this.#last || text.length > MAX_CLIPBOARD_CHARACTERS) return null;
    this.#last = text;
    try {
      await this.#connection.ask("clipboard.send", { text });
      return null;
    } catch (error) {
      return failure("Clipboard not sent", error);
    }
  }

  [Symbol.dispose](): void {
    this.#listening[Symbol.dispose]();
  }
}

async function write(text: string): Promise<ClipboardOutcome> {
  try {
    await navigator.clipboard.writeText(text);
    return { isDone: true, title: "Clipboard fetched", text: `${size(text)} are on this computer's clipboard.` };
  } catch {
    // As above: the browser gives no reason.
    return { isDone: false, title: "Clipboard not fetched", text: WRITE_DENIED };
  }
}

async function mayRead(): Promise<boolean> {
  try {
    const permission = await navigator.permissions.query({ name: "clipboard-read" as PermissionName });
    return permission.state === "granted";
  } catch {
    // Firefox and Safari do not know this permission; there the buttons ask.
    return false;
  }
}

function tooLong(text: string): ClipboardOutcome {
  const limit = formatCount(MAX_CLIPBOARD_CHARACTERS);
  return {
    isDone: false,
    title: "Clipboard not sent",
    text: `The clipboard holds ${size(text)}; at most ${limit} fit. Send it as a file instead.`,
  };
}

function failure(title: string, error: unknown): ClipboardOutcome {
  return { isDone: false, title, text: error instanceof Error ? error.message : String(error) };
}
