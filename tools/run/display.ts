import { existsSync } from "node:fs";
import { desktopPackages, installPackages } from "../test/debian-packages.ts";
import { VirtualDesktop } from "../desktop/virtual-desktop.ts";

/** What the agent finds its display by; empty where the system's own is used. */
export interface DisplayForAgent extends AsyncDisposable {
  readonly environment: Readonly<Record<string, string>>;
}

/** Whether this machine's own display answers: asked with xset where there is one, else by the X server's socket. */
async function hasOwnDisplay(display: string | undefined): Promise<boolean> {
  if (display === undefined || display === "") return false;
  if (Bun.which("xset") === null) return existsSync(`/tmp/.X11-unix/X${/:(\d+)/.exec(display)?.[1] ?? ""}`);
  const child = Bun.spawn(["xset", "-display", display, "q"], { stdin: "ignore", stdout: "ignore", stderr: "ignore" });
  return (await child.exited) === 0;
}

/**
 * The display to share: the machine's own, or a small virtual desktop with a terminal where there is none.
 * @returns null where neither is to be had; `say` has then told why
 */
export async function displayForAgent(
  display: string | undefined,
  say: (line: string) => void,
): Promise<DisplayForAgent | null> {
  if (await hasOwnDisplay(display)) return { environment: {}, [Symbol.asyncDispose]: async () => undefined };
  const missing = Bun.which("Xvfb") === null || Bun.which("openbox") === null ? await installDesktop() : null;
  if (missing !== null) {
    say(`This computer has no display, and a virtual one cannot be started: ${missing}`);
    return null;
  }
  say("This computer has no display, so a small virtual desktop was started for you to try.");
  const desktop = await VirtualDesktop.start();
  desktop.open(["xterm", "-geometry", "100x30+80+60", "-fa", "DejaVu Sans Mono", "-fs", "11", "-title", "Terminal"]);
  return desktop;
}

async function installDesktop(): Promise<string | null> {
  return installPackages(desktopPackages);
}
