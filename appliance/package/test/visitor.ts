/**
 * What somebody at a browser sees of the installed server, as a program that is run on the other machine's network:
 * `bun visitor.ts ADDRESS WORD…` prints JSON.
 */
import type { Static } from "@sinclair/typebox";
import { agentPlatforms, type CreateInstaller, type Installer } from "../../../protocol/api/administration.ts";
import type { InstallerChoices } from "../../../protocol/api/administration.ts";
import type { Site } from "../../../protocol/api/sign-in.ts";
import { ADA, OTTO } from "../../test/site/people.ts";
import { applianceAdministrator, siteAdministrator } from "../../test/site/set-up.ts";
import { WebClient } from "../../test/site/web-client.ts";

/** What of /appliance asks the system, in whole or in part. */
const SYSTEM_PATHS = ["status", "network", "time", "updates", "storage", "logs?unit=causeway"] as const;

/** Bytes of each platform's installer as it comes; less than nothing is a refusal. */
async function installers(address: string): Promise<Record<string, number>> {
  const client = await siteAdministrator(address);
  const { jumpGroups } = await client.json<Static<typeof InstallerChoices>>("GET", "/api/login/installers/choices");
  const wish: Static<typeof CreateInstaller> = {
    ...{ name: "", jumpGroup: jumpGroups[0]!.id, tag: "", comments: "", validForMinutes: 60, maxUses: null },
  };
  const { id } = await client.json<Installer>("POST", "/api/login/installers", wish);
  const sizes: Record<string, number> = {};
  for (const platform of agentPlatforms) {
    const response = await client.ask("GET", `/api/login/installers/${id}/download/${platform}`, {
      timeoutMs: 120_000,
    });
    sizes[platform] = response.ok ? (await response.arrayBuffer()).byteLength : -response.status;
  }
  return sizes;
}

/** The refusals' codes; "" for an answer. */
async function system(address: string): Promise<Record<string, string>> {
  const client = await applianceAdministrator(address);
  const found: Record<string, string> = {};
  for (const path of SYSTEM_PATHS) {
    const response = await client.ask("GET", `/api/appliance/${path}`);
    const text = await response.text();
    const { code } = (response.ok ? { code: "" } : JSON.parse(text)) as { code: string };
    found[path.split("?")[0]!] = code;
  }
  return found;
}

const words: Readonly<Record<string, (address: string, rest: readonly string[]) => Promise<unknown>>> = {
  site: async (address) => await new WebClient(address).json<Site>("GET", "/api/site"),
  "make-row": async (address, [name]) => {
    const client = await siteAdministrator(address);
    return await client.json("POST", "/api/login/jump-groups", { name, comments: "" });
  },
  rows: async (address) => {
    const client = await siteAdministrator(address);
    const { jumpGroups } = await client.json<{ jumpGroups: { name: string }[] }>("GET", "/api/login/jump-groups");
    return jumpGroups.map(({ name }) => name);
  },
  "with-code": async (address, [code]) => {
    await new WebClient(address).json("POST", "/api/appliance/with-code", { ...OTTO, code });
    return OTTO.username;
  },
  "refused-set-up": async (address) =>
    await new WebClient(address).refusal("POST", "/api/set-up", {
      ...ADA,
      ...{ siteName: "x", hostname: "localhost", displayName: "Ada", isConsoleEnabled: true, certificate: null },
    }),
  installers,
  system,
};

const [address = "", word = "", ...rest] = process.argv.slice(2);
const act = words[word];
if (act === undefined) throw new Error(`The visitor knows: ${Object.keys(words).join(", ")}`);
try {
  console.log(JSON.stringify(await act(address, rest)));
} catch (failure) {
  console.error(failure instanceof Error ? failure.message : String(failure));
  process.exit(1);
}
