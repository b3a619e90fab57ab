/** What is asked and answered inside a message (RFC 3412, section 6.8; RFC 3416, section 3). Pure. */
import { ber, BerProblem, BerReader, berInteger, berOctets, berSequence, TAG } from "./ber.ts";
import type { ObjectId } from "./object-id.ts";
import { encodeVarBind, type VarBind } from "./snmp-value.ts";

const kinds = { 0xa0: "get", 0xa1: "get-next", 0xa3: "set", 0xa5: "get-bulk" } as const;
const tags = { response: 0xa2, report: 0xa8 } as const;
/** More names than this fit into no answer. */
const MAX_NAMES = 128;

/** A question. */
export interface Question {
  readonly kind: (typeof kinds)[keyof typeof kinds];
  readonly contextEngineId: Uint8Array;
  readonly contextName: Uint8Array;
  readonly requestId: number;
  /** Of get-bulk: how many names are asked for once, and how often the others are; else 0. */
  readonly nonRepeaters: number;
  readonly maxRepetitions: number;
  readonly names: readonly ObjectId[];
  /** The bindings as they came, for an answer that is an error. */
  readonly bindings: Uint8Array;
}

/** An answer. `bindings` are the bytes inside of the list. */
export interface Answer {
  readonly kind: keyof typeof tags;
  readonly contextEngineId: Uint8Array;
  readonly requestId: number;
  readonly errorStatus: number;
  readonly errorIndex: number;
  readonly bindings: Uint8Array;
}

/** Reads the content of a scoped PDU; what follows it is padding of a cipher. null: it is no question. */
export function readQuestion(content: Uint8Array): Question | null {
  try {
    const scoped = new BerReader(content);
    const contextEngineId = scoped.read(TAG.octetString);
    const contextName = scoped.read(TAG.octetString);
    const tag = scoped.peekTag();
    if (!isKind(tag)) return null;
    const pdu = scoped.open(tag);
    const [requestId, first, second] = [pdu.integer(), pdu.integer(), pdu.integer()];
    const bindings = pdu.read(TAG.sequence);
    pdu.end();
    const isBulk = kinds[tag] === "get-bulk";
    const counts = { nonRepeaters: isBulk ? Math.max(0, first) : 0, maxRepetitions: isBulk ? Math.max(0, second) : 0 };
    return {
      kind: kinds[tag],
      contextEngineId,
      contextName,
      requestId,
      ...counts,
      names: readNames(bindings),
      bindings,
    };
  } catch (error) {
    if (error instanceof BerProblem) return null;
    throw error;
  }
}

/** The same of what was decrypted: a whole value, perhaps with padding after it. */
export function readDecrypted(plain: Uint8Array): Question | null {
  try {
    return readQuestion(new BerReader(plain).read(TAG.sequence));
  } catch (error) {
    if (error instanceof BerProblem) return null;
    throw error;
  }
}

function readNames(bindings: Uint8Array): ObjectId[] {
  const list = new BerReader(bindings);
  const names: ObjectId[] = [];
  while (!list.isAtEnd) {
    const binding = list.open(TAG.sequence);
    names.push(binding.objectId());
    binding.skip();
    binding.end();
    if (names.length > MAX_NAMES) throw new BerProblem("too many names");
  }
  return names;
}

const isKind = (tag: number): tag is keyof typeof kinds => Object.hasOwn(kinds, tag);

/** A scoped PDU as a whole value; the context is the one there is, whose name is empty. */
export function writeAnswer({
  kind,
  contextEngineId,
  requestId,
  errorStatus,
  errorIndex,
  bindings,
}: Answer): Uint8Array {
  const numbers = [berInteger(requestId), berInteger(errorStatus), berInteger(errorIndex)];
  const pdu = ber(tags[kind], ...numbers, berSequence(bindings));
  return berSequence(berOctets(contextEngineId), berOctets(new Uint8Array()), pdu);
}

/** Bindings one after the other, as they stand in an answer. */
export const writeBindings = (bindings: readonly VarBind[]): Uint8Array => Buffer.concat(bindings.map(encodeVarBind));
