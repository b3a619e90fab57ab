import { chmodSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync } from "bun";
import type { CreateInstaller, Installer, InstallerChoices } from "../../../protocol/api/administration.ts";
import type { Static } from "@sinclair/typebox";
import { Program } from "../../../tools/desktop/program.ts";
import type { WebClient } from "./web-client.ts";

/** This computer as an endpoint: runs the agent that the appliance itself gave out. */
export class JumpClient implements AsyncDisposable {
  private constructor(
    private readonly stack: AsyncDisposableStack,
    /** Of the agent and of its shells; removed at the end. */
    readonly home: string,
    private readonly lines: readonly string[],
  ) {}

  /** Makes an installer, downloads it, and enrols. @param client signed in at /login */
  static async start(client: WebClient): Promise<JumpClient> {
    await using stack = new AsyncDisposableStack();
    const folder = mkdtempSync(join(tmpdir(), "causeway-jump-client-"));
    stack.defer(() => rmSync(folder, { recursive: true, force: true }));
    const { installer, agent } = unpacked(await download(client));
    await Bun.write(join(folder, "installer.json"), JSON.stringify({ ...installer, site: client.address }));
    await Bun.write(join(folder, "causeway-agent"), agent);
    chmodSync(join(folder, "causeway-agent"), 0o700);
    const home = join(folder, "home");
    mkdirSync(home);
    const words = ["run", "--installer", join(folder, "installer.json"), "--state", join(folder, "state")];
    const lines: string[] = [];
    const options = { directory: home, environment: { HOME: home }, onLine: (line: string) => void lines.push(line) };
    stack.use(new Program([join(folder, "causeway-agent"), ...words], options));
    return new JumpClient(stack.move(), home, lines);
  }

  /** What the agent has printed. */
  get log(): string {
    return this.lines.join("\n");
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stack.disposeAsync();
  }
}

async function download(client: WebClient): Promise<Uint8Array> {
  const { jumpGroups } = await client.json<Static<typeof InstallerChoices>>("GET", "/api/login/installers/choices");
  const wish: Static<typeof CreateInstaller> = {
    name: "",
    jumpGroup: jumpGroups[0]!.id,
    tag: "",
    comments: "",
    validForMinutes: 60,
    maxUses: null,
  };
  const { id } = await client.json<Installer>("POST", "/api/login/installers", wish);
  const path = `/api/login/installers/${id}/download/linux-x64`;
  const response = await client.ask("GET", path, { timeoutMs: 180_000 });
  if (!response.ok) throw new Error(`The installer: ${response.status} ${await response.text()}`);
  return await response.bytes();
}

/**
 * What the self-extracting file would install. It is only unpacked here: the port of this computer that leads to the
 * machine is no fact of the site, and nothing is to stay installed.
 */
function unpacked(file: Uint8Array): { installer: object; agent: Uint8Array } {
  const head = new TextDecoder("latin1").decode(file.subarray(0, 100_000));
  const encoded = /printf '%s' '([A-Za-z0-9_-]+)'/u.exec(head)?.[1];
  const offset = Number(/tail -c \+(\d+)/u.exec(head)?.[1]);
  if (encoded === undefined || !(offset > 0)) throw new Error("What was downloaded is no self-extracting installer.");
  const installer = JSON.parse(Buffer.from(encoded, "base64url").toString()) as object;
  return { installer, agent: gunzipSync(file.slice(offset - 1)) };
}
