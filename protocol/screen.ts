/**
 * A screen channel's data, agent to viewer. Every data frame is one packet; big endian; the first byte names it:
 *
 *     1 layout    u16 width | u16 height | u8 n | n x (u16 x | u16 y | u16 width | u16 height | u8 isPrimary)
 *     2 update    u8 flags | u32 sequence | u32 capturedAtMs | u32 bodyBytes | body (deflate-raw; bodyBytes inflated)
 *     3 cursor    u16 width | u16 height | u16 hotX | u16 hotY | RGBA, straight alpha  (0 x 0: hidden)
 *     4 pointer   u16 x | u16 y                                       (somebody else moved the remote pointer)
 *     5 video     reserved for the encoders of the session tools: codec, keyframe flag, damage rects, chunk
 *     6 blocked   u8 n | reason, UTF-8 (the picture cannot be had right now, in words for a person; n = 0: it is back)
 *
 * The body of an update is a run of operations, to be carried out in order:
 *
 *     1 copy      u16 x | u16 y | u16 width | u16 height | u16 fromX | u16 fromY
 *     2 palette   u16 x | u16 y | u16 width | u16 height | u8 colours-1 | colours x RGB | width*height indexes
 *                 (one colour: no indexes; up to 2, 4 or 16 colours: 1, 2 or 4 bits an index, rows padded to a byte)
 *     3 raw       u16 x | u16 y | u16 width | u16 height | width*height RGB
 *
 * A large update is split into packets of at most MAX_SCREEN_PACKET_BYTES; all but the last have UPDATE_MORE set and the
 * viewer paints when the last has come. `capturedAtMs` is the agent's monotonic clock, low 32 bits.
 * The viewer returns one credit frame for each packet, with the packet's length, AFTER painting it. The agent keeps at
 * most MAX_UNACKNOWLEDGED_UPDATES whole updates on their way; newer pictures replace the waiting one.
 */
export const ScreenPacket = { layout: 1, update: 2, cursor: 3, pointer: 4, video: 5, blocked: 6 } as const;
export const UpdateFlag = { keyframe: 1, more: 2 } as const;
export const UpdateOperation = { copy: 1, palette: 2, raw: 3 } as const;

export const UPDATE_HEADER_BYTES = 14;
export const MAX_SCREEN_PACKET_BYTES = 512 << 10;
export const MAX_UNACKNOWLEDGED_UPDATES = 2;
/** Neither side handles a screen wider or higher than this, in pixels. */
export const MAX_SCREEN_EDGE = 16_384;
export const MAX_MONITORS = 16;
/** The most an update's body may inflate to: one raw picture of 8K. */
export const MAX_UPDATE_BODY_BYTES = 7680 * 4320 * 3 + 1024;

export interface Rectangle {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}
export interface Monitor extends Rectangle {
  readonly isPrimary: boolean;
}
export interface ScreenLayout {
  readonly width: number;
  readonly height: number;
  readonly monitors: readonly Monitor[];
}

export function encodeLayout(layout: ScreenLayout): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(6 + layout.monitors.length * 9);
  const view = new DataView(bytes.buffer);
  view.setUint8(0, ScreenPacket.layout);
  view.setUint16(1, layout.width);
  view.setUint16(3, layout.height);
  view.setUint8(5, layout.monitors.length);
  layout.monitors.forEach((monitor, index) => {
    const at = 6 + index * 9;
    view.setUint16(at, monitor.x);
    view.setUint16(at + 2, monitor.y);
    view.setUint16(at + 4, monitor.width);
    view.setUint16(at + 6, monitor.height);
    view.setUint8(at + 8, monitor.isPrimary ? 1 : 0);
  });
  return bytes;
}

/** The layout in a packet, or `null` if the bytes are not one. */
export function decodeLayout(packet: Uint8Array): ScreenLayout | null {
  if (packet.length < 6 || packet[0] !== ScreenPacket.layout) return null;
  const view = new DataView(packet.buffer, packet.byteOffset, packet.length);
  const count = view.getUint8(5);
  if (count > MAX_MONITORS || packet.length !== 6 + count * 9) return null;
  const width = view.getUint16(1);
  const height = view.getUint16(3);
  if (width === 0 || height === 0 || width > MAX_SCREEN_EDGE || height > MAX_SCREEN_EDGE) return null;
  const monitors = Array.from({ length: count }, (_, index) => {
    const at = 6 + index * 9;
    return {
      x: view.getUint16(at),
      y: view.getUint16(at + 2),
      width: view.getUint16(at + 4),
      height: view.getUint16(at + 6),
      isPrimary: view.getUint8(at + 8) === 1,
    };
  });
  return { width, height, monitors };
}
