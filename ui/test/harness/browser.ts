import { chromium, type Browser } from "playwright-core";

/** Debian's Chromium, without a window, a sandbox (tests may run as root) or calls to anybody. */
const FLAGS = [
  "--headless=new",
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/** Starts a browser; whoever starts it closes it. */
export async function startBrowser(): Promise<Browser> {
  return chromium.launch({ executablePath: "/usr/bin/chromium", args: FLAGS, headless: true });
}
