/**
 * Takes the packets of one screen channel and keeps the picture they make. Pure: painting is somebody else's.
 * INVARIANT: whatever bytes come, it neither throws nor touches anything outside the picture.
 */
import { inflateSync } from "fflate";
import { BodyHistory } from "../../../../protocol/body-history.ts";
import {
  type CursorImage,
  decodeBlocked,
  decodeCursor,
  decodeLayout,
  decodePointer,
  decodeUpdateHeader,
  type Rectangle,
  type ScreenLayout,
  ScreenPacket,
  UPDATE_HEADER_BYTES,
  UpdateFlag,
} from "../../../../protocol/screen.ts";
import { applyUpdateBody, emptyPicture, type Picture } from "../../../../protocol/screen-picture.ts";

export type Decoded =
  | { readonly kind: "layout"; readonly layout: ScreenLayout }
  | { readonly kind: "cursor"; readonly cursor: CursorImage }
  | { readonly kind: "pointer"; readonly x: number; readonly y: number }
  | { readonly kind: "blocked"; readonly reason: string }
  /** A whole update: these parts of the picture are new. */
  | { readonly kind: "picture"; readonly changed: readonly Rectangle[] }
  /** Part of an update, or a packet of a kind we do not know: nothing to show. */
  | { readonly kind: "nothing" }
  | { readonly kind: "malformed" };

const MALFORMED: Decoded = { kind: "malformed" };

export class PictureDecoder {
  #picture: Picture | null = null;
  /** What packets of an unfinished update have changed. */
  #changed: Rectangle[] = [];
  readonly #history = new BodyHistory();

  /** null before the first layout. */
  get picture(): Picture | null {
    return this.#picture;
  }

  decode(packet: Uint8Array): Decoded {
    switch (packet[0]) {
      case ScreenPacket.layout:
        return this.#layout(packet);
      case ScreenPacket.update:
        return this.#update(packet);
      case ScreenPacket.cursor:
        return wrap(decodeCursor(packet), (cursor) => ({ kind: "cursor", cursor }));
      case ScreenPacket.pointer:
        return wrap(decodePointer(packet), (at) => ({ kind: "pointer", ...at }));
      case ScreenPacket.blocked:
        return wrap(decodeBlocked(packet), (reason) => ({ kind: "blocked", reason }));
      default:
        return { kind: "nothing" };
    }
  }

  #layout(packet: Uint8Array): Decoded {
    const layout = decodeLayout(packet);
    if (layout === null) return MALFORMED;
    this.#changed = [];
    const isSameSize = this.#picture?.width === layout.width && this.#picture.height === layout.height;
    if (!isSameSize) this.#picture = emptyPicture(layout.width, layout.height);
    return { kind: "layout", layout };
  }

  #update(packet: Uint8Array): Decoded {
    const header = decodeUpdateHeader(packet);
    if (header === null || this.#picture === null) return MALFORMED;
    if ((header.flags & UpdateFlag.fresh) !== 0) this.#history.clear();
    const body = inflate(packet.subarray(UPDATE_HEADER_BYTES), header.bodyBytes, this.#history.bytes);
    const changed = body === null ? null : applyUpdateBody(this.#picture, body);
    if (body === null || changed === null) return MALFORMED;
    this.#history.remember(body);
    this.#changed.push(...changed);
    if ((header.flags & UpdateFlag.more) !== 0) return { kind: "nothing" };
    return { kind: "picture", changed: this.#changed.splice(0) };
  }
}

function wrap<A>(value: A | null, make: (value: A) => Decoded): Decoded {
  return value === null ? MALFORMED : make(value);
}

/**
 * Inflates into exactly `byteCount` bytes; `null` if that is not what comes out. The output never grows, so a body that
 * says little and inflates to much costs no memory.
 */
function inflate(deflated: Uint8Array, byteCount: number, dictionary: Uint8Array): Uint8Array | null {
  try {
    const body = inflateSync(deflated, { out: new Uint8Array(byteCount), dictionary });
    return body.length === byteCount ? body : null;
  } catch {
    // fflate throws for bytes that are no deflate stream: they are a peer's and say nothing else.
    return null;
  }
}
