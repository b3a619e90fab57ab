import type { CDPSession, Page } from "playwright-core";

interface DragData {
  readonly items: never[];
  readonly files: string[];
  readonly dragOperationsMask: number;
}

/** Files and folders of this machine in the hand over the list of files, as the browser's own drag brings them. */
export class FileDrag {
  private constructor(
    private readonly client: CDPSession,
    private readonly event: { readonly x: number; readonly y: number; readonly data: DragData },
  ) {}

  /** Over the list; the page says by then how many there are. @param paths absolute */
  static async over(page: Page, paths: readonly string[]): Promise<FileDrag> {
    const box = (await page.getByRole("grid", { name: "Files" }).boundingBox())!;
    const at = { x: box.x + box.width / 2, y: box.y + box.height / 2 };
    const data = { items: [], files: [...paths], dragOperationsMask: 1 };
    const drag = new FileDrag(await page.context().newCDPSession(page), { ...at, data });
    await drag.#send("dragEnter");
    await drag.#send("dragOver");
    await page.getByText(/^Upload \d+ items? to /u).waitFor();
    return drag;
  }

  async drop(): Promise<void> {
    await this.#send("drop");
    await this.client.detach();
  }

  async #send(type: "dragEnter" | "dragOver" | "drop"): Promise<void> {
    await this.client.send("Input.dispatchDragEvent", { type, ...this.event });
  }
}
