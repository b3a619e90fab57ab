/** Keyboard events of the browser as events of the input channel. Pure, so that every layout's trouble can be tested. */
import type { RemoteInput } from "../../../../protocol/input.ts";

/** What of a KeyboardEvent decides. */
export interface KeyEvent {
  readonly type: "keydown" | "keyup";
  readonly key: string;
  readonly code: string;
  readonly ctrlKey: boolean;
  readonly altKey: boolean;
  readonly isAltGraph: boolean;
  readonly isComposing: boolean;
}

export interface KeyTranslation {
  readonly inputs: readonly RemoteInput[];
  /** The browser does nothing with the key. */
  readonly isTaken: boolean;
  /** Ctrl Alt Home: the keyboard comes back to Causeway. */
  readonly isWayOut: boolean;
}

const NOTHING: KeyTranslation = { inputs: [], isTaken: false, isWayOut: false };
const release: RemoteInput = { kind: "release" };

export class KeyTranslator {
  /** Keys that went down at the remote computer, by code. */
  readonly #down = new Set<string>();

  translate(event: KeyEvent): KeyTranslation {
    // While characters are put together the text comes as a whole, from the composition.
    if (event.isComposing || event.key === "Process" || event.key === "Dead") return NOTHING;
    if (event.key === "Unidentified" || event.code === "") return NOTHING;
    return event.type === "keydown" ? this.#keyDown(event) : this.#keyUp(event);
  }

  /** Everything that is down is let go. */
  releaseAll(): readonly RemoteInput[] {
    this.#down.clear();
    return [release];
  }

  #keyDown(event: KeyEvent): KeyTranslation {
    const isModifier = ["Control", "Alt", "Shift", "Meta", "AltGraph"].includes(event.key);
    if (event.ctrlKey && event.altKey && !event.isAltGraph && !isModifier)
      return { inputs: this.releaseAll(), isTaken: event.key === "Home", isWayOut: event.key === "Home" };
    const inputs: RemoteInput[] = [];
    // Windows sends AltGr as a left Control that nobody pressed, and then AltGr.
    if (event.key === "AltGraph" && this.#down.delete("ControlLeft"))
      inputs.push({ kind: "key", isDown: false, code: "ControlLeft", key: "Control" });
    this.#down.add(event.code);
    inputs.push({ kind: "key", isDown: true, code: event.code, key: event.key });
    return { inputs, isTaken: true, isWayOut: false };
  }

  #keyUp(event: KeyEvent): KeyTranslation {
    // macOS tells of no key that comes up while Command is held.
    if (event.key === "Meta") return { inputs: this.releaseAll(), isTaken: true, isWayOut: false };
    if (!this.#down.delete(event.code)) return { inputs: [], isTaken: true, isWayOut: false };
    const up: RemoteInput = { kind: "key", isDown: false, code: event.code, key: event.key };
    return { inputs: [up], isTaken: true, isWayOut: false };
  }
}
