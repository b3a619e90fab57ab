/**
 * Keeps the processors from going to sleep between two pieces of work, as PM QoS offers it to measuring programs: a
 * virtual processor that sleeps is given away by its host, and is back when the host finds the time. Latencies would
 * tell of that, not of Causeway. Held until the file is closed (Documentation/power/pm_qos_interface.rst).
 */
import { closeSync, openSync, writeSync } from "node:fs";

const DEVICE = "/dev/cpu_dma_latency";

/** Null where this machine or this user may not: then the figures hold what waking up costs. */
export function keepProcessorsAwake(): Disposable | null {
  const latencyUs = new Uint8Array(Int32Array.of(0).buffer);
  try {
    const file = openSync(DEVICE, "w");
    writeSync(file, latencyUs);
    return { [Symbol.dispose]: () => closeSync(file) };
  } catch {
    return null;
  }
}
