/** What a proved question is answered (RFC 3416, section 4.2). Pure. */
import type { MibView } from "./mib-view.ts";
import type { ObjectId } from "./object-id.ts";
import type { Question } from "./scoped-pdu.ts";
import { encodeVarBind, type VarBind } from "./snmp-value.ts";

const STATUS = { none: 0, tooBig: 1, noAccess: 6 } as const;

/** The part of an answer that depends on the question. */
export interface Answered {
  readonly errorStatus: number;
  readonly errorIndex: number;
  readonly bindings: Uint8Array;
}

/** @param mostBytes what the bindings may take; more is cut off where it may be, or refused as too big */
export function answerTo(question: Question, view: MibView, mostBytes: number): Answered {
  switch (question.kind) {
    case "get":
      return inFull(question.names, (name) => ({ name, value: view.get(name) }), mostBytes);
    case "get-next":
      return inFull(question.names, (name) => next(view, name), mostBytes);
    case "get-bulk":
      return inBulk(question, view, mostBytes);
    case "set":
      // Nothing can be written.
      return question.bindings.length > mostBytes
        ? tooBig
        : { errorStatus: STATUS.noAccess, errorIndex: Math.min(1, question.names.length), bindings: question.bindings };
  }
}

const tooBig: Answered = { errorStatus: STATUS.tooBig, errorIndex: 0, bindings: new Uint8Array() };

function inFull(names: readonly ObjectId[], find: (name: ObjectId) => VarBind, mostBytes: number): Answered {
  const bindings = Buffer.concat(names.map((name) => encodeVarBind(find(name))));
  return bindings.length > mostBytes ? tooBig : { errorStatus: STATUS.none, errorIndex: 0, bindings };
}

/** Ends where the answer is full, or everybody has come to the end of the tree. */
function inBulk({ names, nonRepeaters, maxRepetitions }: Question, view: MibView, mostBytes: number): Answered {
  const parts: Uint8Array[] = [];
  let size = 0;
  for (const binding of bulk(names, nonRepeaters, maxRepetitions, view)) {
    const part = encodeVarBind(binding);
    size += part.length;
    if (size > mostBytes) break;
    parts.push(part);
  }
  return { errorStatus: STATUS.none, errorIndex: 0, bindings: Buffer.concat(parts) };
}

function* bulk(names: readonly ObjectId[], once: number, repetitions: number, view: MibView): Generator<VarBind> {
  for (const name of names.slice(0, once)) yield next(view, name);
  let row = names.slice(once);
  for (let repetition = 0; repetition < repetitions && row.length > 0; repetition += 1) {
    const found = row.map((name) => next(view, name));
    yield* found;
    if (found.every(({ value }) => value.kind === "end-of-view")) return;
    row = found.map(({ name }) => name);
  }
}

const next = (view: MibView, name: ObjectId): VarBind => view.after(name) ?? { name, value: { kind: "end-of-view" } };
