/** IF-MIB (RFC 2863): the interfaces and what they carry. Pure. */
import { type ObjectId, objectId } from "../object-id.ts";
import { counter, gauge, integer, longCounter, type SnmpValue, text, type VarBind } from "../snmp-value.ts";
import type { Interface } from "./interfaces.ts";

const COUNT = objectId("1.3.6.1.2.1.2.1.0");
const TABLE = objectId("1.3.6.1.2.1.2.2.1");
const LONG_TABLE = objectId("1.3.6.1.2.1.31.1.1.1");
const UP = 1;
const DOWN = 2;
/** IANAifType by the kernel's own; else "other". */
const types: Readonly<Record<number, number>> = { 1: 6, 772: 24 };
const OTHER = 1;

export function interfaceObjects(interfaces: readonly Interface[]): VarBind[] {
  const rows = interfaces.flatMap((one) => [
    ...row(TABLE, one.index, columns(one)),
    ...row(LONG_TABLE, one.index, longColumns(one)),
  ]);
  return [{ name: COUNT, value: integer(interfaces.length) }, ...rows];
}

/** By column. */
function columns(one: Interface): Readonly<Record<number, SnmpValue>> {
  const { received, sent } = one;
  return {
    1: integer(one.index),
    2: text(one.name),
    3: integer(types[one.type] ?? OTHER),
    4: integer(one.mtu),
    5: gauge(one.bitsPerSecond),
    6: { kind: "octets", value: one.hardwareAddress },
    7: integer(one.isEnabled ? UP : DOWN),
    8: integer(one.isUp ? UP : DOWN),
    ...{ 10: counter(received.bytes), 11: counter(received.packets) },
    ...{ 13: counter(received.dropped), 14: counter(received.errors) },
    ...{ 16: counter(sent.bytes), 17: counter(sent.packets) },
    ...{ 19: counter(sent.dropped), 20: counter(sent.errors) },
  };
}

function longColumns({ name, received, sent, bitsPerSecond }: Interface): Readonly<Record<number, SnmpValue>> {
  return {
    1: text(name),
    ...{ 6: longCounter(received.bytes), 7: longCounter(received.packets) },
    ...{ 10: longCounter(sent.bytes), 11: longCounter(sent.packets) },
    15: gauge(bitsPerSecond / 1e6),
  };
}

/** One row of a table. */
export function row(table: ObjectId, index: number, values: Readonly<Record<number, SnmpValue>>): VarBind[] {
  return Object.entries(values).map(([column, value]) => ({ name: [...table, Number(column), index], value }));
}
