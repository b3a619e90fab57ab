/** The System Info snapshot of a Linux computer, section by section. */
import type { SystemFacts, SystemStatistics } from "../../protocol/messages/agent.ts";
import type { SysinfoSection } from "./system.ts";

export async function linuxSections(facts: SystemFacts, statistics: SystemStatistics): Promise<SysinfoSection[]> {
  return [
    {
      title: "System",
      columns: ["", ""],
      rows: [
        ["Host name", facts.hostName],
        ["Memory", String(statistics.memoryTotalBytes)],
      ],
    },
  ];
}
