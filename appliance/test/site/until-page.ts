import { eventually } from "../../../ui/test/harness/eventually.ts";
import { WebClient } from "./web-client.ts";

/** Waits until the appliance serves its pages. */
export async function untilPage(address: string, patienceMs: number): Promise<void> {
  const client = new WebClient(address);
  await eventually(
    `${address}/login`,
    async () => (await client.ask("GET", "/login", { timeoutMs: 5_000 })).ok,
    patienceMs,
  );
}
