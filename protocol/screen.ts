/**
 * A screen channel's data, agent to viewer. Every data frame is one packet; big endian; the first byte names it:
 *
 *     1 layout    u16 x | u16 y | u16 width | u16 height | u8 monitor (255: all)
 *                 | u8 n | n x (u16 x | u16 y | u16 width | u16 height | u8 isPrimary)
 *     2 update    u8 flags | u32 sequence | u32 capturedAtMs | u32 bodyBytes | body (deflate-raw; bodyBytes inflated)
 *     3 cursor    u16 width | u16 height | u16 hotX | u16 hotY | RGBA, straight alpha  (0 x 0: hidden)
 *     4 pointer   u16 x | u16 y                                       (somebody else moved the remote pointer)
 *     5 video     reserved for the encoders of the session tools: codec, keyframe flag, damage rects, chunk
 *     6 blocked   u8 n | reason, UTF-8 (the picture cannot be had right now, in words for a person; n = 0: it is back)
 *
 * The body of an update is a run of operations, to be carried out in order:
 *
 *     1 copy      u16 x | u16 y | u16 width | u16 height | u16 fromX | u16 fromY
 *     2 fill      u16 x | u16 y | u16 width | u16 height | RGB
 *     3 indexed   u16 x | u16 y | u16 width | u16 height | u16 first | u16 colours | colours x RGB
 *                 | width*height u8 indexes, column after column
 *     4 raw       u16 x | u16 y | u16 width | u16 height | width*height RGB
 *
 * Indexes name colours of a table of MAX_TABLE_COLOURS that lives as long as the channel; `indexed` writes its colours
 * into it from place `first` on. Columns, because the same letter then is the same run of bytes wherever it stands.
 * A body is deflated with the bodies before it as dictionary (protocol/body-history.ts); `fresh` says that both ends
 * forget them first, and that no colour of the table is named before it is written again. A keyframe begins fresh.
 *
 * A large update is split into packets of at most MAX_SCREEN_PACKET_BYTES, each with a body of whole operations; all but
 * the last have `more` set and the viewer paints when the last has come. A body's operations touch at most
 * MAX_BODY_AREA_FACTOR times the layout's pixels. `capturedAtMs` is the agent's monotonic clock, low 32 bits.
 * The viewer returns one credit frame for each packet, with the packet's length: at once for a packet with `more`, AFTER
 * painting for the last of an update. The agent keeps at most MAX_UNACKNOWLEDGED_UPDATES whole updates on their way;
 * newer pictures replace the waiting one.
 * The layout's rectangle is the part of the remote desktop this viewer sees: all of it, or one monitor. It comes before
 * the first update and before each keyframe of another size. Operations count from that rectangle's corner; `monitors`,
 * `pointer` and all input count from the desktop's.
 */
export const ScreenPacket = { layout: 1, update: 2, cursor: 3, pointer: 4, video: 5, blocked: 6 } as const;
export const UpdateFlag = { keyframe: 1, more: 2, fresh: 4 } as const;
export const UpdateOperation = { copy: 1, fill: 2, indexed: 3, raw: 4 } as const;

export const UPDATE_HEADER_BYTES = 14;
export const MAX_SCREEN_PACKET_BYTES = 256 << 10;
export const MAX_UNACKNOWLEDGED_UPDATES = 2;
/** Neither side handles a screen wider or higher than this, in pixels. */
export const MAX_SCREEN_EDGE = 16_384;
export const MAX_MONITORS = 16;
/** The most the body of one packet may inflate to. */
export const MAX_UPDATE_BODY_BYTES = 1 << 20;
/** How often one body may touch each pixel, on average: what keeps a hostile agent from keeping a viewer busy. */
export const MAX_BODY_AREA_FACTOR = 4;
/** The colours that indexes can name. */
export const MAX_TABLE_COLOURS = 256;
/** The largest cursor picture, in pixels each way. */
export const MAX_CURSOR_EDGE = 256;

export interface Rectangle {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}
export interface Monitor extends Rectangle {
  readonly isPrimary: boolean;
}
/** What a viewer sees: a part of the remote desktop, and the monitors that make up all of it. */
export interface ScreenLayout extends Rectangle {
  /** Index into `monitors`, or null for the whole desktop. */
  readonly monitor: number | null;
  readonly monitors: readonly Monitor[];
}

const ALL_MONITORS = 255;
const LAYOUT_HEADER_BYTES = 11;
const MONITOR_BYTES = 9;

export function encodeLayout(layout: ScreenLayout): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(LAYOUT_HEADER_BYTES + layout.monitors.length * MONITOR_BYTES);
  const view = new DataView(bytes.buffer);
  view.setUint8(0, ScreenPacket.layout);
  writeRectangle(view, 1, layout);
  view.setUint8(9, layout.monitor ?? ALL_MONITORS);
  view.setUint8(10, layout.monitors.length);
  layout.monitors.forEach((monitor, index) => {
    const at = LAYOUT_HEADER_BYTES + index * MONITOR_BYTES;
    writeRectangle(view, at, monitor);
    view.setUint8(at + 8, monitor.isPrimary ? 1 : 0);
  });
  return bytes;
}

/** The layout in a packet, or `null` if the bytes are not one. */
export function decodeLayout(packet: Uint8Array): ScreenLayout | null {
  if (packet.length < LAYOUT_HEADER_BYTES || packet[0] !== ScreenPacket.layout) return null;
  const view = viewOf(packet);
  const count = view.getUint8(10);
  if (count > MAX_MONITORS || packet.length !== LAYOUT_HEADER_BYTES + count * MONITOR_BYTES) return null;
  const seen = readRectangle(view, 1);
  const monitor = view.getUint8(9);
  if (!isPictureSize(seen) || (monitor !== ALL_MONITORS && monitor >= count)) return null;
  const monitors = Array.from({ length: count }, (_, index) => {
    const at = LAYOUT_HEADER_BYTES + index * MONITOR_BYTES;
    return { ...readRectangle(view, at), isPrimary: view.getUint8(at + 8) === 1 };
  });
  return { ...seen, monitor: monitor === ALL_MONITORS ? null : monitor, monitors };
}

const isPictureSize = ({ width, height }: Rectangle): boolean =>
  width > 0 && height > 0 && width <= MAX_SCREEN_EDGE && height <= MAX_SCREEN_EDGE;

/** What stands before the deflated body of an update packet. */
export interface UpdateHeader {
  readonly flags: number;
  readonly sequence: number;
  readonly capturedAtMs: number;
  /** How long the body is once inflated. */
  readonly bodyBytes: number;
}

/** One update packet; `deflated` is the body, deflate-raw with the bodies before it as dictionary. */
export function encodeUpdate(header: UpdateHeader, deflated: Uint8Array): Uint8Array<ArrayBuffer> {
  const packet = new Uint8Array(UPDATE_HEADER_BYTES + deflated.length);
  const view = new DataView(packet.buffer);
  view.setUint8(0, ScreenPacket.update);
  view.setUint8(1, header.flags);
  view.setUint32(2, header.sequence);
  view.setUint32(6, header.capturedAtMs);
  view.setUint32(10, header.bodyBytes);
  packet.set(deflated, UPDATE_HEADER_BYTES);
  return packet;
}

/** The header of an update packet, whose deflated body follows it; `null` if the bytes are not one. */
export function decodeUpdateHeader(packet: Uint8Array): UpdateHeader | null {
  if (packet.length <= UPDATE_HEADER_BYTES || packet.length > MAX_SCREEN_PACKET_BYTES) return null;
  if (packet[0] !== ScreenPacket.update) return null;
  const view = viewOf(packet);
  const bodyBytes = view.getUint32(10);
  if (bodyBytes === 0 || bodyBytes > MAX_UPDATE_BODY_BYTES) return null;
  return { flags: packet[1]!, sequence: view.getUint32(2), capturedAtMs: view.getUint32(6), bodyBytes };
}

/** The remote pointer's picture. `rgba` has straight alpha; 0 x 0 is a hidden pointer. */
export interface CursorImage {
  readonly width: number;
  readonly height: number;
  readonly hotX: number;
  readonly hotY: number;
  readonly rgba: Uint8Array;
}

const CURSOR_HEADER_BYTES = 9;

export function encodeCursor(cursor: CursorImage): Uint8Array<ArrayBuffer> {
  const packet = new Uint8Array(CURSOR_HEADER_BYTES + cursor.rgba.length);
  const view = new DataView(packet.buffer);
  view.setUint8(0, ScreenPacket.cursor);
  writeRectangle(view, 1, { x: cursor.width, y: cursor.height, width: cursor.hotX, height: cursor.hotY });
  packet.set(cursor.rgba, CURSOR_HEADER_BYTES);
  return packet;
}

/** The cursor in a packet, or `null` if the bytes are not one. `rgba` is a copy. */
export function decodeCursor(packet: Uint8Array): CursorImage | null {
  if (packet.length < CURSOR_HEADER_BYTES || packet[0] !== ScreenPacket.cursor) return null;
  const { x: width, y: height, width: hotX, height: hotY } = readRectangle(viewOf(packet), 1);
  if (width > MAX_CURSOR_EDGE || height > MAX_CURSOR_EDGE) return null;
  if (packet.length !== CURSOR_HEADER_BYTES + width * height * 4) return null;
  return { width, height, hotX, hotY, rgba: packet.slice(CURSOR_HEADER_BYTES) };
}

/** Where somebody else moved the pointer to, in pixels of the desktop. */
export function encodePointer(x: number, y: number): Uint8Array<ArrayBuffer> {
  return Uint8Array.of(ScreenPacket.pointer, x >> 8, x, y >> 8, y);
}

export function decodePointer(packet: Uint8Array): { readonly x: number; readonly y: number } | null {
  if (packet.length !== 5 || packet[0] !== ScreenPacket.pointer) return null;
  const view = viewOf(packet);
  return { x: view.getUint16(1), y: view.getUint16(3) };
}

/** Why there is no picture, in words for a person and at most 255 bytes of UTF-8; "" when it is back. */
export function encodeBlocked(reason: string): Uint8Array<ArrayBuffer> {
  const text = new Uint8Array(255);
  const { written } = new TextEncoder().encodeInto(reason, text);
  return Uint8Array.of(ScreenPacket.blocked, written, ...text.subarray(0, written));
}

export function decodeBlocked(packet: Uint8Array): string | null {
  if (packet.length < 2 || packet[0] !== ScreenPacket.blocked || packet.length !== 2 + packet[1]!) return null;
  return new TextDecoder().decode(packet.subarray(2));
}

function viewOf(packet: Uint8Array): DataView {
  return new DataView(packet.buffer, packet.byteOffset, packet.length);
}

function writeRectangle(view: DataView, at: number, { x, y, width, height }: Rectangle): void {
  view.setUint16(at, x);
  view.setUint16(at + 2, y);
  view.setUint16(at + 4, width);
  view.setUint16(at + 6, height);
}

function readRectangle(view: DataView, at: number): Rectangle {
  return {
    x: view.getUint16(at),
    y: view.getUint16(at + 2),
    width: view.getUint16(at + 4),
    height: view.getUint16(at + 6),
  };
}
