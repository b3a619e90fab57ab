/** HOST-RESOURCES-MIB (RFC 2790): uptime, memory, the disk of the data, and how busy the processors are. Pure. */
import { objectId } from "../object-id.ts";
import { gauge, integer, type SnmpValue, text, ticks, type VarBind } from "../snmp-value.ts";
import { row } from "./interface-objects.ts";

const HOST = "1.3.6.1.2.1.25";
const UPTIME = objectId(`${HOST}.1.1.0`);
const MEMORY_SIZE = objectId(`${HOST}.2.2.0`);
const STORAGE = objectId(`${HOST}.2.3.1`);
const DEVICES = objectId(`${HOST}.3.2.1`);
const PROCESSORS = objectId(`${HOST}.3.3.1`);
const RAM: SnmpValue = { kind: "object-id", value: objectId(`${HOST}.2.1.2`) };
const FIXED_DISK: SnmpValue = { kind: "object-id", value: objectId(`${HOST}.2.1.4`) };
const PROCESSOR: SnmpValue = { kind: "object-id", value: objectId(`${HOST}.3.1.3`) };
const NO_PRODUCT: SnmpValue = { kind: "object-id", value: objectId("0.0") };
const RUNNING = integer(2);
/** Sizes are counted in units, so that they fit into 31 bits. */
const UNIT_BYTES = 4096;
const MAX_COUNT = 0x7fff_ffff;

interface Space {
  readonly usedBytes: number;
  readonly totalBytes: number;
}
/** What is read of the machine. */
export interface HostReadings {
  /** Since the machine started. */
  readonly uptimeSeconds: number;
  readonly processors: { readonly count: number; readonly percent: number };
  readonly memory: Space;
  readonly disk: Space;
}

export function hostObjects({ uptimeSeconds, processors, memory, disk }: HostReadings): VarBind[] {
  const { count, percent } = processors;
  return [
    { name: UPTIME, value: ticks(uptimeSeconds) },
    { name: MEMORY_SIZE, value: integer(Math.min(MAX_COUNT, Math.round(memory.totalBytes / 1024))) },
    ...row(STORAGE, 1, storage(1, RAM, "Memory", memory)),
    ...row(STORAGE, 2, storage(2, FIXED_DISK, "Disk of the data", disk)),
    // All processors as one: whoever takes the mean of the rows has it.
    ...row(DEVICES, 1, {
      ...{ 1: integer(1), 2: PROCESSOR, 3: text(count === 1 ? "1 processor" : `${count} processors`) },
      ...{ 4: NO_PRODUCT, 5: RUNNING, 6: gauge(0) },
    }),
    ...row(PROCESSORS, 1, { 1: NO_PRODUCT, 2: integer(Math.round(percent)) }),
  ];
}

function storage(index: number, type: SnmpValue, name: string, space: Space): Readonly<Record<number, SnmpValue>> {
  let unit = UNIT_BYTES;
  while (space.totalBytes / unit > MAX_COUNT) unit *= 2;
  const inUnits = (bytes: number): SnmpValue => integer(Math.round(bytes / unit));
  return {
    ...{ 1: integer(index), 2: type, 3: text(name), 4: integer(unit) },
    ...{ 5: inUnits(space.totalBytes), 6: inUnits(space.usedBytes) },
  };
}
