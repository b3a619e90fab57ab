/** Decodes and paints the remote screen away from the page's own work. */
import type { Rectangle } from "../../../../protocol/screen.ts";
import type { Picture } from "../../../../protocol/screen-picture.ts";
import { type Decoded, PictureDecoder } from "./picture-decoder.ts";
import type { ViewerCommand, ViewerReport } from "./viewer-messages.ts";

declare const self: DedicatedWorkerGlobalScope;

let canvas: OffscreenCanvas | null = null;
let context: OffscreenCanvasRenderingContext2D | null = null;
let channel = 0;
let hasFailed = false;
let decoder = new PictureDecoder();
/** The canvas's view of the decoder's picture: the same memory. */
let image: ImageData | null = null;

const report = (message: ViewerReport): void => self.postMessage(message);

function imageOf(picture: Picture): ImageData {
  const bytes = new Uint8ClampedArray(picture.pixels.buffer as ArrayBuffer);
  return new ImageData(bytes, picture.width, picture.height);
}

function paint(changed: readonly Rectangle[]): void {
  if (context === null || image === null) return;
  for (const { x, y, width, height } of changed) context.putImageData(image, 0, 0, x, y, width, height);
}

function fitCanvas(picture: Picture): void {
  image = imageOf(picture);
  if (canvas === null || (canvas.width === picture.width && canvas.height === picture.height)) return;
  canvas.width = picture.width;
  canvas.height = picture.height;
}

function heed(decoded: Decoded): void {
  if (decoded.kind === "picture") paint(decoded.changed);
  else if (decoded.kind === "malformed") fail();
  else if (decoded.kind !== "nothing") {
    if (decoded.kind === "layout" && decoder.picture !== null) fitCanvas(decoder.picture);
    report(decoded);
  }
}

function fail(): void {
  hasFailed = true;
  report({ kind: "failed", channel });
}

function receive(packet: Uint8Array<ArrayBuffer>): void {
  if (hasFailed) return;
  const decoded = decoder.decode(packet);
  heed(decoded);
  report({ kind: "consumed", channel, byteCount: packet.length, isPicture: decoded.kind === "picture" });
}

/** A canvas of its own, so that the PNG is the decoded picture and nothing the display did to it. */
async function screenshot(request: number): Promise<void> {
  if (image === null) return report({ kind: "screenshot", request, png: null });
  const copy = new OffscreenCanvas(image.width, image.height);
  copy.getContext("2d")?.putImageData(image, 0, 0);
  return report({ kind: "screenshot", request, png: await copy.convertToBlob({ type: "image/png" }) });
}

self.onmessage = (event: MessageEvent<ViewerCommand>) => {
  const command = event.data;
  if (command.kind === "canvas") {
    canvas = command.canvas;
    context = canvas.getContext("2d", { alpha: false });
  } else if (command.kind === "begin") {
    ({ channel } = command);
    hasFailed = false;
    decoder = new PictureDecoder();
  } else if (command.kind === "packet") {
    if (command.channel === channel) receive(command.packet);
  } else void screenshot(command.request);
};
