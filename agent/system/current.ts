import { AppError } from "../../protocol/errors.ts";
import { LinuxSystem } from "./linux.ts";
import type { ComputerSystem } from "./system.ts";

/**
 * What is known of the computer this runs on.
 * @throws {AppError} agent.unsupported where no body for the operating system has been written yet.
 */
export function openSystem(platform: NodeJS.Platform, agentVersion: string): ComputerSystem {
  if (platform === "linux") return new LinuxSystem(agentVersion);
  throw new AppError("agent.unsupported", `The agent does not run on ${platform} yet. It runs on Linux.`);
}
