/** Where things stand in the notice of who is connected, in pixels. Pure. */
import { type Box, isIn, type LayoutOptions, type PlacedLine, stackText } from "./window-layout.ts";
import type { NoticeSentences } from "./words/notice-sentences.ts";

export interface NoticeLayout {
  readonly width: number;
  readonly height: number;
  readonly lines: readonly PlacedLine[];
  readonly stop: Box;
}

const WIDTH = 420;
const MARGIN = 16;
const BUTTON = { width: 104, height: 36, gap: 16 } as const;
/** How far it stays from the edges of its monitor: most desktops have a bar of their own at the bottom. */
const AWAY = { right: 16, bottom: 56 } as const;
/** What stands below one another, with the room above each, in pixels of the design. */
const blocks = [
  { name: "connected", style: "text", tone: "ink", leading: 20, above: 14, maxLines: 4 },
  { name: "siteName", style: "small", tone: "quiet", leading: 18, above: 2, maxLines: 1 },
  { name: "keys", style: "small", tone: "faint", leading: 18, above: 0, maxLines: 2 },
] as const;

export function layOutNotice(sentences: NoticeSentences, options: LayoutOptions): NoticeLayout {
  const px = (length: number): number => Math.round(length * options.scale);
  const column = { left: MARGIN, width: WIDTH - 2 * MARGIN - BUTTON.width - BUTTON.gap };
  const { lines, bottom } = stackText(blocks, sentences, column, options);
  const height = bottom + 12;
  const stop = {
    ...{ x: px(WIDTH - MARGIN - BUTTON.width), y: px((height + 4 - BUTTON.height) / 2) },
    ...{ width: px(BUTTON.width), height: px(BUTTON.height) },
  };
  return { width: px(WIDTH), height: px(height), lines, stop };
}

/** Where it first stands: at the lower right of its monitor, above the desktop's own bar. */
export function noticePlace(monitor: Box, { width, height }: Pick<Box, "width" | "height">, scale: number): Box {
  const x = monitor.x + monitor.width - width - Math.round(AWAY.right * scale);
  const y = monitor.y + monitor.height - height - Math.round(AWAY.bottom * scale);
  return keptOn(monitor, { x, y, width, height });
}

/** The place, moved as little as it takes for the monitor to show it whole; of one too small the upper left. */
export function keptOn(monitor: Box, { x, y, width, height }: Box): Box {
  const within = (value: number, from: number, size: number, own: number): number =>
    Math.max(from, Math.min(value, from + size - own));
  return {
    x: within(x, monitor.x, monitor.width, width),
    y: within(y, monitor.y, monitor.height, height),
    ...{ width, height },
  };
}

/** Whether a point of the window is on its button. */
export function isOnStop({ stop }: NoticeLayout, x: number, y: number): boolean {
  return isIn(stop, x, y);
}
