/**
 * WebSocket frames (RFC 6455, section 5) as a client reads and writes them, without a socket: bytes in, messages out. No
 * extension is ever asked for, so a reserved bit is an error; only binary messages are taken, as our wire has no others.
 */

export const Opcode = { continuation: 0, text: 1, binary: 2, close: 8, ping: 9, pong: 10 } as const;
export type Opcode = (typeof Opcode)[keyof typeof Opcode];

/** Close codes of RFC 6455, section 7.4.1, that a client gives. */
export const closeCodes = { normal: 1000, protocolError: 1002, unsupported: 1003, tooBig: 1009 } as const;

/** Ping, pong and close carry at most this (section 5.5). */
export const MAX_CONTROL_PAYLOAD_BYTES = 125;
/** A message in more pieces than this ends the connection: nothing we talk to cuts any. */
export const MAX_FRAGMENTS = 1024;
const LONGEST_HEADER_BYTES = 10;
const MASK_KEY_BYTES = 4;

/** The peer broke RFC 6455 or a limit; the connection is to be closed with `closeCode`. */
export class WebSocketError extends Error {
  override readonly name = "WebSocketError";
  constructor(
    readonly closeCode: number,
    message: string,
  ) {
    super(message);
  }
}

export interface FrameEvents {
  /** A whole binary message. The bytes may be a view of what was received: they are only valid during the call. */
  onMessage(bytes: Uint8Array): void;
  onPing(payload: Uint8Array): void;
  /** The peer's closing handshake; `code` null where it gave none. Nothing is read after it. */
  onClose(code: number | null, reason: string): void;
}

interface FrameHeader {
  readonly isFinal: boolean;
  readonly opcode: number;
  readonly payloadBytes: number;
}

/** Puts together what comes in pieces of any size. */
export class FrameReader {
  readonly #headerBytes = new Uint8Array(LONGEST_HEADER_BYTES);
  #headerFilled = 0;
  #header: FrameHeader | null = null;
  /** The payload of a frame that did not come in one piece; its buffer is made when its header was read. */
  #payload: Uint8Array | null = null;
  #payloadFilled = 0;
  /** The pieces of a fragmented message; null while there is none. */
  #fragments: Uint8Array[] | null = null;
  #fragmentBytes = 0;
  #isClosed = false;

  constructor(
    private readonly maxMessageBytes: number,
    private readonly events: FrameEvents,
  ) {}

  /** @throws {WebSocketError} The reader is of no use afterwards. */
  push(bytes: Uint8Array): void {
    let at = 0;
    while (!this.#isClosed) {
      if (this.#header === null) at = this.#readHeader(bytes, at);
      if (this.#header === null) return;
      const wanted = this.#header.payloadBytes - this.#payloadFilled;
      const piece = bytes.subarray(at, at + wanted);
      at += piece.length;
      if (piece.length < wanted) return this.#keep(this.#header, piece);
      this.#finish(this.#header, piece);
    }
  }

  /** Reads as much of a header as is there; returns where the payload begins. */
  #readHeader(bytes: Uint8Array, from: number): number {
    let at = from;
    while (at < bytes.length) {
      this.#headerBytes[this.#headerFilled++] = bytes[at++]!;
      if (this.#headerFilled < 2 || this.#headerFilled < headerLength(this.#headerBytes)) continue;
      this.#header = this.#checked(parseHeader(this.#headerBytes));
      this.#headerFilled = 0;
      break;
    }
    return at;
  }

  #checked(header: FrameHeader): FrameHeader {
    const { isFinal, opcode, payloadBytes } = header;
    if (opcode >= Opcode.close) {
      if (opcode > Opcode.pong) throw broken(`opcode ${opcode}`);
      if (!isFinal || payloadBytes > MAX_CONTROL_PAYLOAD_BYTES) throw broken("a control frame that is cut or too long");
      return header;
    }
    if (opcode === Opcode.text) throw new WebSocketError(closeCodes.unsupported, "the server sent text");
    if (opcode > Opcode.binary) throw broken(`opcode ${opcode}`);
    if ((opcode === Opcode.continuation) !== (this.#fragments !== null)) throw broken("pieces out of order");
    if (this.#fragmentBytes + payloadBytes > this.maxMessageBytes)
      throw new WebSocketError(closeCodes.tooBig, `the server sent more than ${this.maxMessageBytes} bytes at once`);
    return header;
  }

  #keep(header: FrameHeader, piece: Uint8Array): void {
    // Every byte of it is written before anybody reads it, so it need not be cleared first.
    this.#payload ??= Buffer.allocUnsafeSlow(header.payloadBytes);
    this.#payload.set(piece, this.#payloadFilled);
    this.#payloadFilled += piece.length;
  }

  #finish(header: FrameHeader, lastPiece: Uint8Array): void {
    if (this.#payload !== null) this.#keep(header, lastPiece);
    const payload = this.#payload ?? lastPiece;
    this.#header = this.#payload = null;
    this.#payloadFilled = 0;
    if (header.opcode === Opcode.ping) this.events.onPing(payload);
    else if (header.opcode === Opcode.close) this.#close(payload);
    else if (header.opcode !== Opcode.pong) this.#message(header.isFinal, payload);
  }

  #message(isFinal: boolean, payload: Uint8Array): void {
    if (isFinal && this.#fragments === null) {
      this.events.onMessage(payload);
      return;
    }
    this.#fragments ??= [];
    if (this.#fragments.length >= MAX_FRAGMENTS) throw broken(`a message in more than ${MAX_FRAGMENTS} pieces`);
    this.#fragments.push(payload.slice());
    this.#fragmentBytes += payload.length;
    if (!isFinal) return;
    const whole = Buffer.concat(this.#fragments, this.#fragmentBytes);
    this.#fragments = null;
    this.#fragmentBytes = 0;
    this.events.onMessage(whole);
  }

  #close(payload: Uint8Array): void {
    if (payload.length === 1) throw broken("a closing frame of one byte");
    this.#isClosed = true;
    const code = payload.length === 0 ? null : (payload[0]! << 8) | payload[1]!;
    this.events.onClose(code, new TextDecoder().decode(payload.subarray(2)));
  }
}

function headerLength(header: Uint8Array): number {
  const length = header[1]! & 0x7f;
  return length === 127 ? 10 : length === 126 ? 4 : 2;
}

function parseHeader(bytes: Uint8Array): FrameHeader {
  const [first, second] = [bytes[0]!, bytes[1]!];
  if ((first & 0x70) !== 0) throw broken("a reserved bit");
  if ((second & 0x80) !== 0) throw broken("a masked frame from a server");
  return { isFinal: (first & 0x80) !== 0, opcode: first & 0x0f, payloadBytes: payloadLength(bytes, second & 0x7f) };
}

/** The shortest form is the only one (section 5.2). */
function payloadLength(header: Uint8Array, short: number): number {
  const view = new DataView(header.buffer);
  if (short < 126) return short;
  const length = short === 126 ? view.getUint16(2) : Number(view.getBigUint64(2));
  if (length < (short === 126 ? 126 : 65_536)) throw broken("a length that is not in its shortest form");
  return length;
}

function broken(what: string): WebSocketError {
  return new WebSocketError(closeCodes.protocolError, `the server broke the WebSocket protocol: ${what}`);
}

/**
 * One whole frame of a client, masked as section 5.3 demands.
 * @param maskKey 4 bytes nobody can foretell, another for each frame.
 */
export function encodeClientFrame(opcode: Opcode, payload: Uint8Array, maskKey: Uint8Array): Uint8Array<ArrayBuffer> {
  const lengthBytes = payload.length < 126 ? 0 : payload.length < 65_536 ? 2 : 8;
  const headerBytes = 2 + lengthBytes + MASK_KEY_BYTES;
  // The payload begins at a multiple of four, so that it can be masked by words.
  const start = -headerBytes & 3;
  const words = new Uint32Array((start + headerBytes + payload.length + 3) >> 2);
  const frame = new Uint8Array(words.buffer, start, headerBytes + payload.length);
  const view = new DataView(words.buffer, start);
  view.setUint8(0, 0x80 | opcode);
  view.setUint8(1, 0x80 | (lengthBytes === 0 ? payload.length : lengthBytes === 2 ? 126 : 127));
  if (lengthBytes === 2) view.setUint16(2, payload.length);
  else if (lengthBytes === 8) view.setBigUint64(2, BigInt(payload.length));
  frame.set(maskKey, headerBytes - MASK_KEY_BYTES);
  frame.set(payload, headerBytes);
  const firstWord = (start + headerBytes) >> 2;
  const mask = words[firstWord - 1]!;
  for (let word = firstWord; word < words.length; word += 1) words[word] = words[word]! ^ mask;
  return frame;
}
