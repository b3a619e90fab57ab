/** Usual work on a screen, for measuring what it costs to watch. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Computer } from "../../ui/test/harness/computer.ts";

export interface Scene {
  readonly name: string;
  readonly goalKbits: number;
  readonly method: string;
  /** Begins it and waits until it goes evenly; disposing ends it. */
  begin(computer: Computer): Promise<AsyncDisposable>;
}

const XTERM = ["xterm", "-fa", "DejaVu Sans Mono", "-fs", "10", "-fg", "white", "-bg", "black"] as const;
const WINDOW_MS = 2_000;
/** Chromium's own start and first paints. */
const BROWSER_MS = 8_000;
const TEXT = "the quick brown fox jumps over the lazy dog ".repeat(4);
const PRINT_SLOWLY = "ls -lR /usr/lib 2>&1 | perl -ne '$| = 1; print; select(undef, undef, undef, 0.005)'";
const BROWSER_FLAGS = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-sync", "--password-store=basic"];

const rest: Scene = {
  name: "at rest",
  goalKbits: 0,
  method: "nothing moves",
  begin: async () => new AsyncDisposableStack(),
};

const typing: Scene = {
  name: "typing",
  goalKbits: 60,
  method: "eight keys a second into an xterm of 120x40",
  async begin({ desktop, home }) {
    await using stack = new AsyncDisposableStack();
    const environment = { HOME: home, PS1: "> ", ENV: "" };
    stack.use(desktop.open([...XTERM, "-geometry", "120x40+200+100", "-e", "sh"], { environment, directory: home }));
    await Bun.sleep(WINDOW_MS);
    stack.use(desktop.open(["xdotool", "type", "--delay", "125", TEXT]));
    await Bun.sleep(WINDOW_MS / 2);
    return stack.move();
  },
};

const terminal: Scene = {
  name: "a scrolling terminal",
  goalKbits: 1600,
  method: "one line of ls -lR every 5 ms in an xterm of 180x55",
  async begin({ desktop }) {
    const program = desktop.open([...XTERM, "-geometry", "180x55+40+40", "-e", "sh", "-c", PRINT_SLOWLY]);
    await Bun.sleep(WINDOW_MS);
    return program;
  },
};

function pageText(): string {
  const paragraphs = Array.from({ length: 3_000 }, (_, index) => {
    const sentence = `Paragraph ${index} says ${(index * 2_654_435_761) >>> 0} and ${TEXT}`;
    return index % 9 === 0 ? `<h2>Heading ${index}</h2>` : `<p>${sentence}</p>`;
  });
  const style = "body { font: 16px 'DejaVu Sans', sans-serif; margin: 40px; }";
  const script = "const step = () => { scrollBy(0, 6); requestAnimationFrame(step); }; requestAnimationFrame(step);";
  return `<!doctype html><style>${style}</style>${paragraphs.join("")}<script>${script}</script>`;
}

const browser: Scene = {
  name: "a scrolling browser",
  goalKbits: 4500,
  method: "Chromium of 1500x950 scrolls a page of text by 6 px a frame",
  async begin({ desktop, home }) {
    const file = join(home, "page.html");
    writeFileSync(file, pageText());
    const place = ["--window-size=1500,950", "--window-position=100,60", `--user-data-dir=${join(home, "chromium")}`];
    const program = desktop.open(["/usr/bin/chromium", ...BROWSER_FLAGS, ...place, `--app=file://${file}`]);
    await Bun.sleep(BROWSER_MS);
    return program;
  },
};

export const SCENES: readonly Scene[] = [rest, typing, terminal, browser];
