import { describe, expect, test } from "bun:test";
import { join } from "node:path";
import { agentArchive } from "../../protocol/agent-archive.ts";
import { agentPlatforms } from "../../protocol/api/administration.ts";
import { temporaryDirectory } from "../test/temporary-directory.ts";
import { AgentBinaries } from "./agent-binaries.ts";

describe("the agents a server carries", () => {
  test("each platform's archive is found where the build leaves it, by one name for all", async () => {
    using folder = temporaryDirectory();
    for (const platform of agentPlatforms) await Bun.write(join(folder.path, agentArchive(platform)), platform);
    const agents = new AgentBinaries(folder.path);
    expect(await agents.platforms()).toEqual([...agentPlatforms]);
    for (const platform of agentPlatforms) expect(await (await agents.find(platform)).text()).toBe(platform);
    expect(new Set(agentPlatforms.map((platform) => agentArchive(platform).replace(platform, "")))).toEqual(
      new Set(["/causeway-agent.gz"]),
    );
  });

  test("what is not carried is refused with what to do", async () => {
    using folder = temporaryDirectory();
    await Bun.write(join(folder.path, agentArchive("linux-x64")), "");
    const agents = new AgentBinaries(folder.path);
    expect(await agents.platforms()).toEqual(["linux-x64"]);
    await expect(agents.find("windows-arm64")).rejects.toMatchObject({ code: "not_found" });
  });
});
