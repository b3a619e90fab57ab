/** A virtual desktop that shows one of our windows to a customer, and what they and their programs do with it. */
import { ptr } from "bun:ffi";
import { EVENT_BYTES, fixedBytes, X11Connection } from "../x11/connection.ts";
import { startVirtualDisplay, type VirtualDisplay } from "./virtual-display.ts";

/** By its own way (ICCCM, WM_DELETE_WINDOW), by force, and by ending its program's connection. */
export const waysToClose = ["asked", "destroyed", "cut"] as const;
export const waysToDisplace = ["moved", "shrunk", "hidden"] as const;

const CLIENT_MESSAGE = 33;

export interface Geometry {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** Looks again and again, for five seconds. */
export async function until(fits: () => boolean | Promise<boolean>): Promise<void> {
  for (let attempt = 0; attempt < 200; attempt += 1) {
    if (await fits()) return;
    await Bun.sleep(25);
  }
  throw new Error("it did not come so far");
}

export class CustomerDesktop implements AsyncDisposable {
  private constructor(
    readonly display: VirtualDisplay,
    private readonly title: string,
  ) {}

  /** @param title of our window */
  static async start(title: string, size?: string): Promise<CustomerDesktop> {
    return new CustomerDesktop(await startVirtualDisplay(size), title);
  }

  /** As it is asked on. */
  on(locale: string | null) {
    return [{ ...this.display.address, locale }];
  }

  /** Our window's number; "" while there is none. */
  async window(): Promise<string> {
    return (await this.xdotool("search", "--name", this.title).catch(() => "")).trim();
  }

  async isShown(): Promise<boolean> {
    return (await this.window()) !== "";
  }

  async isGone(): Promise<boolean> {
    return !(await this.isShown());
  }

  async xdotool(...words: readonly string[]): Promise<string> {
    return await this.display.run(["xdotool", ...words]);
  }

  /** What the window says; "" while it says nothing. */
  async text(): Promise<string> {
    const property = await this.display.run(["xprop", "-id", await this.window(), "-notype", "8u", "_NET_WM_NAME"]);
    return /"(.*)"/u.exec(property)?.[1] ?? "";
  }

  async geometry(): Promise<Geometry> {
    const shell = await this.xdotool("getwindowgeometry", "--shell", await this.window());
    const value = (name: string): number => Number(new RegExp(`^${name}=(-?\\d+)$`, "mu").exec(shell)![1]);
    return { x: value("X"), y: value("Y"), width: value("WIDTH"), height: value("HEIGHT") };
  }

  /** Clicks at a place, counted from the window's lower right corner. */
  async click(fromRight: number, fromBottom: number): Promise<void> {
    const { x, y, width, height } = await this.geometry();
    const place = [x + width - fromRight, y + height - fromBottom].map(String);
    await this.xdotool("mousemove", ...place, "click", "1");
  }

  async key(...keys: readonly string[]): Promise<void> {
    await this.xdotool("key", ...keys);
  }

  /** Another program's window comes, with this title. @returns its number */
  async open(title: string, geometry = "250x80+0+0"): Promise<string> {
    this.display.start(["xterm", "-geometry", geometry, "-title", title]);
    const search = () => this.xdotool("search", "--onlyvisible", "--name", title).catch(() => "");
    await until(async () => (await search()) !== "");
    return (await search()).trim().split("\n")[0]!;
  }

  async close(way: (typeof waysToClose)[number]): Promise<void> {
    const window = await this.window();
    if (way === "asked") this.#askToClose(Number(window));
    else if (way === "destroyed") await this.xdotool("windowclose", window);
    else await this.display.run(["xkill", "-id", window]);
  }

  async displace(way: (typeof waysToDisplace)[number]): Promise<void> {
    const window = await this.window();
    if (way === "moved") await this.xdotool("windowmove", window, "3000", "0");
    else if (way === "shrunk") await this.xdotool("windowsize", window, "20", "20");
    else await this.xdotool("windowunmap", window);
  }

  /** Waits until the window is seen again, there. */
  async isBackAt(place: Geometry): Promise<void> {
    const window = await this.window();
    await until(async () => JSON.stringify(await this.geometry()) === JSON.stringify(place));
    await until(async () => (await this.display.run(["xwininfo", "-id", window])).includes("IsViewable"));
  }

  /** Ends the window's program as an abort would. @param word the agent's for it */
  static crash(word: string): void {
    const newest = Bun.spawnSync(["pgrep", "-n", "-P", String(process.pid), "-f", word]).stdout.toString();
    process.kill(Number(newest.trim()), "SIGKILL");
  }

  #askToClose(window: number): void {
    using connection = new X11Connection(this.display.address);
    const event = new DataView(fixedBytes(EVENT_BYTES).buffer);
    event.setInt32(0, CLIENT_MESSAGE, true);
    event.setBigUint64(32, BigInt(window), true);
    event.setBigUint64(40, BigInt(connection.atom("WM_PROTOCOLS")), true);
    event.setInt32(48, 32, true);
    event.setBigUint64(56, BigInt(connection.atom("WM_DELETE_WINDOW")), true);
    connection.x.XSendEvent(connection.pointer, window, 0, 0, ptr(event));
    connection.sync();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.display[Symbol.asyncDispose]();
  }
}
