/** The remote pointer as a CSS cursor. */
import type { CursorImage } from "../../../../protocol/screen.ts";

/** Browsers ignore a larger cursor picture. */
const MAX_CSS_CURSOR = 128;

/** A picture of the cursor as a data URL; null for a hidden one. */
export function cursorPicture(cursor: CursorImage): string | null {
  const { width, height, rgba } = cursor;
  if (width === 0 || height === 0) return null;
  const canvas = document.createElement("canvas");
  canvas.width = width;
  canvas.height = height;
  canvas.getContext("2d")?.putImageData(new ImageData(new Uint8ClampedArray(rgba), width, height), 0, 0);
  return canvas.toDataURL("image/png");
}

/** The value of `cursor` over the picture. */
export function cursorStyle(cursor: CursorImage | null, picture: string | null): string {
  if (cursor === null) return "default";
  if (picture === null) return "none";
  if (cursor.width > MAX_CSS_CURSOR || cursor.height > MAX_CSS_CURSOR) return "default";
  const hot = (at: number, edge: number): number => Math.max(0, Math.min(at, edge - 1));
  return `url(${picture}) ${hot(cursor.hotX, cursor.width)} ${hot(cursor.hotY, cursor.height)}, default`;
}
