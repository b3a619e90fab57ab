import type { AgentPlatform } from "./api/administration.ts";

/**
 * Where the agent of a platform lies in the folder of agents that a server is given: gzipped, by the same name for every
 * platform. What builds agents writes it, what serves them reads it.
 */
export const agentArchive = (platform: AgentPlatform): string => `${platform}/causeway-agent.gz`;
