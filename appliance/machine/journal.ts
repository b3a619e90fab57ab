import type { Asks } from "../../protocol/appliance/system-actions.ts";
import type { System } from "../system/system.ts";

/** The last lines of a service, or of the kernel, oldest first. */
export async function readJournal(
  { commands }: System,
  { unit, lines }: Asks<"journal.read">,
): Promise<{ lines: string[] }> {
  const of = unit === "kernel" ? ["--dmesg"] : [`--unit=${unit}.service`];
  const words = [...of, `--lines=${lines}`, "--no-pager", "--quiet", "--output=short-iso", "--boot=0"];
  const output = await commands.run("journalctl", words);
  return { lines: output.split("\n").filter((line) => line !== "") };
}
