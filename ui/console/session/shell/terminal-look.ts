/** How the terminal looks: the design's own colours and face, read from the page. */
import type { ITheme } from "@xterm/xterm";

/** Lines kept to scroll back through (BG-19). */
export const SCROLLBACK_LINES = 50_000;

/** The terminal's colours; it is dark in both themes. */
export function terminalTheme(host: HTMLElement): ITheme {
  const styles = getComputedStyle(host);
  const colour = (name: string) => toRgb(styles.getPropertyValue(`--term-${name}`));
  const [background, foreground, dim, accent] = [colour("bg"), colour("text"), colour("dim"), colour("accent")];
  const [green, red, yellow] = [colour("ok"), colour("bad"), colour("warn")];
  return {
    background,
    foreground,
    cursor: foreground,
    cursorAccent: background,
    selectionBackground: "rgba(125, 205, 215, 0.3)",
    black: background,
    red,
    green,
    yellow,
    blue: "#7fb2f0",
    magenta: "#cfa3e8",
    cyan: accent,
    white: foreground,
    brightBlack: dim,
    brightRed: red,
    brightGreen: green,
    brightYellow: yellow,
    brightBlue: "#a5cbfa",
    brightMagenta: "#e2c2f5",
    brightCyan: accent,
    brightWhite: "#ffffff",
  };
}

/** Any CSS colour as the plain one xterm can read. */
function toRgb(colour: string): string {
  const context = new OffscreenCanvas(1, 1).getContext("2d");
  if (context === null) return "#101418";
  context.fillStyle = colour.trim();
  context.fillRect(0, 0, 1, 1);
  const [red, green, blue] = context.getImageData(0, 0, 1, 1).data;
  return `rgb(${red}, ${green}, ${blue})`;
}

/** The design's fixed-width face, loaded before the terminal measures it. */
export async function terminalFont(host: HTMLElement): Promise<string> {
  const family = getComputedStyle(host).getPropertyValue("--mono").trim() || "monospace";
  // A face that cannot be loaded leaves the next of the list, which is good enough to work in.
  await Promise.all([document.fonts.load(`13px ${family}`), document.fonts.load(`bold 13px ${family}`)]).catch(
    () => [],
  );
  return family;
}
