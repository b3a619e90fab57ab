/** Full screen with every key the browser lets go of: modifiers, function keys, the Windows key. */

/** Keyboard Lock (Chromium); where it is missing the browser keeps Escape, Tab with Alt and the Windows key. */
interface KeyboardLock {
  lock(): Promise<void>;
  unlock(): void;
}

const keyboardLock = (): KeyboardLock | undefined =>
  (navigator as { readonly keyboard?: Partial<KeyboardLock> }).keyboard?.lock === undefined
    ? undefined
    : (navigator as unknown as { readonly keyboard: KeyboardLock }).keyboard;

export class FullScreen implements Disposable {
  isOn = $state(false);
  /** Whether keys that the browser or this computer would take go to the remote computer as well. */
  hasEveryKey = $state(false);
  #element: HTMLElement | null = null;
  readonly #onChange = (): void => {
    this.isOn = this.#element !== null && document.fullscreenElement === this.#element;
    if (this.isOn) return;
    this.hasEveryKey = false;
    keyboardLock()?.unlock();
  };

  constructor() {
    document.addEventListener("fullscreenchange", this.#onChange);
  }

  /** Turns it on or off. @throws {Error} the browser's refusal, when it was not asked for by a click or key. */
  async toggle(element: HTMLElement): Promise<void> {
    this.#element = element;
    if (document.fullscreenElement !== null) return await document.exitFullscreen();
    await element.requestFullscreen({ navigationUI: "hide" });
    const keyboard = keyboardLock();
    await keyboard?.lock();
    this.hasEveryKey = keyboard !== undefined;
    return undefined;
  }

  [Symbol.dispose](): void {
    document.removeEventListener("fullscreenchange", this.#onChange);
    if (this.isOn) void document.exitFullscreen();
  }
}
