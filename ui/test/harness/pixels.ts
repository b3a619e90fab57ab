import type { Browser, Locator } from "playwright-core";

/** A colour as the screen shows it, 0..255 each. */
export type Colour = readonly [red: number, green: number, blue: number];

/** Counts pixels of one colour in what a person sees of an element, whatever paints it (2D, WebGL, a worker). */
export class PixelReader implements AsyncDisposable {
  readonly #browser: Browser;
  #page: ReturnType<Browser["newPage"]> | null = null;

  constructor(browser: Browser) {
    this.#browser = browser;
  }

  /** How many pixels of the element are within `tolerance` of the colour in each component. */
  async count(element: Locator, colour: Colour, tolerance = 24): Promise<number> {
    const picture = (await element.screenshot()).toString("base64");
    this.#page ??= this.#browser.newPage();
    const page = await this.#page;
    return page.evaluate(
      async ({ picture, colour, tolerance }) => {
        const bytes = Uint8Array.from(atob(picture), (character) => character.charCodeAt(0));
        const bitmap = await createImageBitmap(new Blob([bytes], { type: "image/png" }));
        const canvas = new OffscreenCanvas(bitmap.width, bitmap.height);
        const context = canvas.getContext("2d");
        if (context === null) throw new Error("No 2D context.");
        context.drawImage(bitmap, 0, 0);
        const { data } = context.getImageData(0, 0, bitmap.width, bitmap.height);
        let found = 0;
        for (let at = 0; at < data.length; at += 4) {
          if (colour.every((value, index) => Math.abs((data[at + index] ?? -1000) - value) <= tolerance)) found += 1;
        }
        return found;
      },
      { picture, colour, tolerance },
    );
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await (await this.#page)?.close();
  }
}
