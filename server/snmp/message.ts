/** SNMP version 3 on the wire (RFC 3412, section 6) with the user-based security model's part (RFC 3414, section 2.4). Pure. */
import { BerProblem, BerReader, berInteger, berOctets, berSequence, TAG } from "./ber.ts";

const VERSION_3 = 3;
const USER_BASED = 3;
/** The longest answer RFC 3412 lets anybody refuse. */
const MIN_MAX_SIZE = 484;
const MAX_ENGINE_ID_BYTES = 32;
const MAX_USERNAME_BYTES = 32;

/** Bits of a message's flags. */
export const FLAG = { authenticated: 1, encrypted: 2, reportable: 4 } as const;

/** A message as its sender wrote it; views of the packet. */
export interface Message {
  readonly messageId: number;
  /** The longest message its sender takes, in bytes. */
  readonly maxSize: number;
  readonly flags: number;
  readonly engineId: Uint8Array;
  readonly engineBoots: number;
  readonly engineTime: number;
  readonly username: string;
  /** The code that proves it, at `macOffset` of the packet; empty: none. */
  readonly mac: Uint8Array;
  readonly macOffset: number;
  readonly salt: Uint8Array;
  /** The scoped PDU's bytes, encrypted or not as the flags say. */
  readonly scoped: Uint8Array;
}

/** What came. `other`: another version, or another model of security; `malformed`: no message at all. */
export type ReadMessage = Message | "other" | "malformed";

/** Reads a packet. It never throws: whoever sends it may be anybody. */
export function readMessage(packet: Uint8Array): ReadMessage {
  try {
    const outer = new BerReader(packet);
    const message = outer.open(TAG.sequence);
    if (message.integer() !== VERSION_3) return "other";
    outer.end();
    const header = readHeader(message.open(TAG.sequence));
    if (header === null) return "other";
    const security = readSecurity(new BerReader(message.read(TAG.octetString)).open(TAG.sequence), packet);
    const isEncrypted = (header.flags & FLAG.encrypted) !== 0;
    const scoped = message.read(isEncrypted ? TAG.octetString : TAG.sequence);
    message.end();
    return { ...header, ...security, scoped };
  } catch (error) {
    if (error instanceof BerProblem) return "malformed";
    throw error;
  }
}

function readHeader(header: BerReader): Pick<Message, "messageId" | "maxSize" | "flags"> | null {
  const messageId = header.integer();
  const maxSize = header.integer();
  const flags = header.read(TAG.octetString);
  const model = header.integer();
  header.end();
  if (messageId < 0 || maxSize < MIN_MAX_SIZE || flags.length !== 1) throw new BerProblem("a header out of bounds");
  return model === USER_BASED ? { messageId, maxSize, flags: flags[0]! } : null;
}

function readSecurity(
  security: BerReader,
  packet: Uint8Array,
): Omit<Message, "messageId" | "maxSize" | "flags" | "scoped"> {
  const engineId = security.read(TAG.octetString);
  const engineBoots = security.integer();
  const engineTime = security.integer();
  const username = security.read(TAG.octetString);
  const mac = security.read(TAG.octetString);
  const salt = security.read(TAG.octetString);
  security.end();
  const isTooLong = engineId.length > MAX_ENGINE_ID_BYTES || username.length > MAX_USERNAME_BYTES;
  if (isTooLong || engineBoots < 0 || engineTime < 0) throw new BerProblem("a field of security out of bounds");
  const macOffset = mac.byteOffset - packet.byteOffset;
  return {
    engineId,
    engineBoots,
    engineTime,
    username: Buffer.from(username).toString("latin1"),
    mac,
    macOffset,
    salt,
  };
}

/** What is written; `scoped` is one whole value, plain or as an OCTET STRING. */
export type Written = Omit<Message, "macOffset">;

/** The packet, with its code at `macOffset`. */
export function writeMessage(message: Written): { readonly packet: Uint8Array; readonly macOffset: number } {
  const { messageId, maxSize, flags, engineId, engineBoots, engineTime, username, mac, salt, scoped } = message;
  const header = berSequence(
    berInteger(messageId),
    berInteger(maxSize),
    berOctets(Uint8Array.of(flags)),
    berInteger(USER_BASED),
  );
  const security = berSequence(
    ...[berOctets(engineId), berInteger(engineBoots), berInteger(engineTime)],
    ...[berOctets(Buffer.from(username, "latin1")), berOctets(mac), berOctets(salt)],
  );
  const packet = berSequence(berInteger(VERSION_3), header, berOctets(security), scoped);
  // From the end: the code is followed by the salt, with its tag and its length, and by what is scoped.
  return { packet, macOffset: packet.length - scoped.length - (salt.length + 2) - mac.length };
}
