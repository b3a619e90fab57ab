import { createReadStream, createWriteStream, mkdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { dirname } from "node:path";
import { pipeline } from "node:stream/promises";
import { createGzip } from "node:zlib";
import { agentArchive } from "../../protocol/agent-archive.ts";
import { agentPlatforms, type AgentPlatform } from "../../protocol/api/administration.ts";

/**
 * Flags of every binary. Without the autoload ones a binary reads ./.env and runs `preload` of ./bunfig.toml of whatever
 * folder it is started in; with strict mode it refuses eval, new Function and code from files beside it.
 */
const COMPILE_FLAGS: readonly string[] = [
  "--compile",
  "--no-compile-autoload-dotenv",
  "--no-compile-autoload-bunfig",
  "--no-compile-autoload-tsconfig",
  "--no-compile-autoload-package-json",
  "--compile-exec-argv=--disallow-code-generation-from-strings=strict",
  "--minify",
  "--keep-names",
  // Parsed and compiled here instead of at each start: `causeway version` takes 35 ms instead of 90.
  "--bytecode",
  "--format=esm",
  "--sourcemap=linked",
  '--define=process.env.NODE_ENV="production"',
];

/** What the programs call themselves: the version of package.json and the commit, such as "0.1.0+3d1d91b". */
export function versionText(): string {
  const { version } = JSON.parse(readFileSync("package.json", "utf8")) as { version: string };
  const { exitCode, stdout } = Bun.spawnSync(["git", "rev-parse", "--short=10", "HEAD"], { stderr: "ignore" });
  return exitCode === 0 ? `${version}+${stdout.toString().trim()}` : version;
}

/** The platform of this machine, or null where no agent is made for it. */
export function hostPlatform(): AgentPlatform | null {
  const system = process.platform === "win32" ? "windows" : process.platform;
  return agentPlatforms.find((platform) => platform === `${system}-${process.arch}`) ?? null;
}

/**
 * Compiles the program whose main.ts lies in a folder. It takes its name only when whole, so several may build at once.
 * @param platform null: for this machine
 * @param order names the functions whose bytecode shall lie together; null: as the compiler comes upon them
 * @throws {Error} with the compiler's words
 */
export async function compileProgram(
  folder: string,
  outfile: string,
  platform: AgentPlatform | null,
  order: string | null = null,
): Promise<void> {
  mkdirSync(dirname(outfile), { recursive: true });
  const target = platform === null ? [] : [`--target=bun-${platform}`];
  const windows = platform?.startsWith("windows") === true ? ["--windows-hide-console"] : [];
  const version = `--define=process.env.CAUSEWAY_VERSION=${JSON.stringify(versionText())}`;
  const workers = workersIn(folder);
  // What is imported late is then read and mapped late as well; whether workers find shared code that way was not seen.
  const splitting = workers.length === 0 ? ["--splitting"] : [];
  const entries = [`${folder}/main.ts`, ...workers];
  const unfinished = `${outfile}.${process.pid}.unfinished`;
  const command = [
    process.execPath,
    "build",
    ...COMPILE_FLAGS,
    ...splitting,
    version,
    ...target,
    ...windows,
    ...(order === null ? [] : [`--bytecode-order=${order}`]),
    ...entries,
  ];
  const child = Bun.spawn([...command, `--outfile=${unfinished}/program`], { stdout: "pipe", stderr: "pipe" });
  const [exitCode, output, complaints] = await Promise.all([
    child.exited,
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
  ]);
  if (exitCode !== 0) {
    throw new Error(`Compiling ${entries[0]} for ${platform ?? "this machine"} failed.\n${output}${complaints}`);
  }
  // Bun adds .exe for Windows by itself. The source maps beside the program are in it too.
  renameSync(`${unfinished}/program${windows.length > 0 ? ".exe" : ""}`, outfile);
  rmSync(unfinished, { recursive: true });
}

/** Files that a program starts as workers: each is an entry point of its own, because Bun does not find them. */
export function workersIn(folder: string): string[] {
  return [...new Bun.Glob("**/*-worker.ts").scanSync(folder)].map((file) => `${folder}/${file}`).sort();
}

/** Where an agent lies for the server to hand out. */
export function agentFile(platform: AgentPlatform): string {
  return `dist/agents/${agentArchive(platform)}`;
}

/** Compiles the agent of one platform and leaves it compressed in dist/agents. */
export async function packAgent(platform: AgentPlatform, compiled: string | null): Promise<void> {
  const file = agentFile(platform);
  const unfinished = `${file}.${process.pid}.unfinished`;
  const binary = compiled ?? `${unfinished}.binary`;
  mkdirSync(dirname(file), { recursive: true });
  if (compiled === null) await compileProgram("agent", binary, platform);
  await pipeline(createReadStream(binary), createGzip({ level: 6 }), createWriteStream(unfinished));
  renameSync(unfinished, file);
  if (compiled === null) rmSync(binary);
}
