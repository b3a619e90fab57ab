import { join } from "node:path";
import { agentArchive } from "../../protocol/agent-archive.ts";
import { type AgentPlatform, agentPlatforms } from "../../protocol/api/administration.ts";
import { AppError } from "../../protocol/errors.ts";

/** The agents this appliance carries, as `make agents` leaves them. */
export class AgentBinaries {
  constructor(private readonly directory: string) {}

  /** Platforms whose agent is there. */
  async platforms(): Promise<AgentPlatform[]> {
    const there = await Promise.all(agentPlatforms.map((platform) => this.#file(platform).exists()));
    return agentPlatforms.filter((_, index) => there[index]);
  }

  /** The gzipped agent, to be streamed. @throws {AppError} not_found where the appliance does not carry it. */
  async find(platform: AgentPlatform): Promise<Bun.BunFile> {
    const file = this.#file(platform);
    if (await file.exists()) return file;
    throw new AppError(
      "not_found",
      `This appliance does not carry the agent for ${platform}. Choose one of the platforms that the installer's page offers.`,
    );
  }

  #file(platform: AgentPlatform): Bun.BunFile {
    return Bun.file(join(this.directory, agentArchive(platform)));
  }
}
