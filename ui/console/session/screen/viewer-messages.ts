/** What the page and the viewer worker say to each other. */
import type { CursorImage, ScreenLayout } from "../../../../protocol/screen.ts";

export type ViewerCommand =
  | { readonly kind: "canvas"; readonly canvas: OffscreenCanvas }
  /** A new screen channel: nothing of the last one counts any more. */
  | { readonly kind: "begin"; readonly channel: number }
  | { readonly kind: "packet"; readonly channel: number; readonly packet: Uint8Array<ArrayBuffer> }
  /** Asks for the picture as PNG, at the remote resolution. */
  | { readonly kind: "screenshot"; readonly request: number };

export type ViewerReport =
  | { readonly kind: "layout"; readonly layout: ScreenLayout }
  | { readonly kind: "cursor"; readonly cursor: CursorImage }
  | { readonly kind: "pointer"; readonly x: number; readonly y: number }
  /** "" when the picture is back. */
  | { readonly kind: "blocked"; readonly reason: string }
  /** A packet has been dealt with; `isPicture`: it completed one, which is on the canvas. */
  | { readonly kind: "consumed"; readonly channel: number; readonly byteCount: number; readonly isPicture: boolean }
  /** The agent's bytes make no sense; nothing more of this channel is looked at. */
  | { readonly kind: "failed"; readonly channel: number }
  | { readonly kind: "screenshot"; readonly request: number; readonly png: Blob | null };
