/**
 * An input channel's data, viewer to agent. One data frame holds one or more events, back to back; big endian:
 *
 *     1 move      u16 x | u16 y                                   (remote pixels)
 *     2 button    u8 button (1 left, 2 middle, 3 right, 8 back, 9 forward) | u8 isDown
 *     3 wheel     i16 deltaX | i16 deltaY                         (120 = one notch, positive = right / down)
 *     4 key       u8 isDown | u8 n | code, ASCII | u8 m | key, UTF-8     (KeyboardEvent.code and .key)
 *     5 text      u16 n | UTF-8                                    (typed as if by hand: composition, paste-as-typing)
 *     6 release   (every key and button this viewer holds is let go: blur, lost connection, view only)
 */
export const InputEvent = { move: 1, button: 2, wheel: 3, key: 4, text: 5, release: 6 } as const;

export const MAX_INPUT_FRAME_BYTES = 16 << 10;

export type RemoteInput =
  | { readonly kind: "move"; readonly x: number; readonly y: number }
  | { readonly kind: "button"; readonly button: number; readonly isDown: boolean }
  | { readonly kind: "wheel"; readonly deltaX: number; readonly deltaY: number }
  | { readonly kind: "key"; readonly isDown: boolean; readonly code: string; readonly key: string }
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "release" };

const encoder = new TextEncoder();

function encodeOne(input: RemoteInput): number[] {
  switch (input.kind) {
    case "move":
      return [InputEvent.move, input.x >> 8, input.x & 255, input.y >> 8, input.y & 255];
    case "button":
      return [InputEvent.button, input.button, input.isDown ? 1 : 0];
    case "wheel":
      return [InputEvent.wheel, ...i16(input.deltaX), ...i16(input.deltaY)];
    case "key": {
      const code = encoder.encode(input.code).subarray(0, 255);
      const key = encoder.encode(input.key).subarray(0, 255);
      return [InputEvent.key, input.isDown ? 1 : 0, code.length, ...code, key.length, ...key];
    }
    case "text": {
      const text = encoder.encode(input.text);
      return [InputEvent.text, text.length >> 8, text.length & 255, ...text];
    }
    case "release":
      return [InputEvent.release];
  }
}

function i16(value: number): [number, number] {
  const clamped = Math.max(-32768, Math.min(32767, Math.round(value)));
  return [(clamped >> 8) & 255, clamped & 255];
}

/** Packs events into one payload; the caller keeps a text event within MAX_INPUT_FRAME_BYTES. */
export function encodeInput(inputs: readonly RemoteInput[]): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(inputs.flatMap(encodeOne));
}

/** The events of one payload, or `null` if any byte of it is not as described above. */
export function decodeInput(bytes: Uint8Array): RemoteInput[] | null {
  if (bytes.length === 0 || bytes.length > MAX_INPUT_FRAME_BYTES) return null;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const inputs: RemoteInput[] = [];
  let at = 0;
  try {
    while (at < bytes.length) {
      const [input, next] = decodeOne(bytes, view, at);
      if (input === null) return null;
      inputs.push(input);
      at = next;
    }
  } catch (error) {
    // DataView throws RangeError past the end, a fatal TextDecoder TypeError for bytes that are not UTF-8.
    if (error instanceof RangeError || error instanceof TypeError) return null;
    throw error;
  }
  return inputs;
}

function decodeOne(bytes: Uint8Array, view: DataView, at: number): [RemoteInput | null, number] {
  switch (view.getUint8(at)) {
    case InputEvent.move:
      return [{ kind: "move", x: view.getUint16(at + 1), y: view.getUint16(at + 3) }, at + 5];
    case InputEvent.button:
      return [{ kind: "button", button: view.getUint8(at + 1), isDown: view.getUint8(at + 2) === 1 }, at + 3];
    case InputEvent.wheel:
      return [{ kind: "wheel", deltaX: view.getInt16(at + 1), deltaY: view.getInt16(at + 3) }, at + 5];
    case InputEvent.key: {
      const codeAt = at + 3;
      const keyAt = codeAt + view.getUint8(at + 2);
      const end = keyAt + 1 + view.getUint8(keyAt);
      const isDown = view.getUint8(at + 1) === 1;
      return [{ kind: "key", isDown, code: text(bytes, codeAt, keyAt), key: text(bytes, keyAt + 1, end) }, end];
    }
    case InputEvent.text: {
      const end = at + 3 + view.getUint16(at + 1);
      return [{ kind: "text", text: text(bytes, at + 3, end) }, end];
    }
    case InputEvent.release:
      return [{ kind: "release" }, at + 1];
    default:
      return [null, at];
  }
}

function text(bytes: Uint8Array, start: number, end: number): string {
  if (end > bytes.length) throw new RangeError("text runs past the payload");
  return new TextDecoder("utf-8", { fatal: true }).decode(bytes.subarray(start, end));
}
