/** Variables of every program that takes part in a build, so that nobody's language or time zone gets into the image. */
export interface BuildEnvironment {
  /** Seconds since 1970 that stand in every file of the image. */
  readonly sourceDate: number;
  /** What apt needs of the machine to reach its mirror, such as http_proxy. */
  readonly network: Readonly<Record<string, string>>;
}

/** What the program reads, and where it runs. */
export interface CommandOptions {
  readonly cwd?: string;
  readonly input?: string;
}

/** The last lines of a failed program that are shown. */
const SHOWN_LINES = 20;

/**
 * Runs a program with an argument list and waits for it.
 * @returns what it wrote to standard output
 * @throws {Error} with the program's last words when it fails
 */
export async function run(
  command: readonly string[],
  environment: BuildEnvironment,
  { cwd, input }: CommandOptions = {},
): Promise<string> {
  const child = Bun.spawn([...command], {
    stdin: input === undefined ? "ignore" : new TextEncoder().encode(input),
    stdout: "pipe",
    stderr: "pipe",
    env: variables(environment),
    ...(cwd === undefined ? {} : { cwd }),
  });
  const [exitCode, output, complaints] = await Promise.all([
    child.exited,
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
  ]);
  if (exitCode === 0) return output;
  const words = `${output}\n${complaints}`.trim().split("\n").slice(-SHOWN_LINES).join("\n");
  throw new Error(`"${command.slice(0, 6).join(" ")}" failed (${exitCode}).\n${words}`);
}

function variables({ sourceDate, network }: BuildEnvironment): Record<string, string> {
  return {
    ...network,
    PATH: "/usr/sbin:/usr/bin:/sbin:/bin",
    LC_ALL: "C.UTF-8",
    TZ: "UTC",
    HOME: "/nonexistent",
    DEBIAN_FRONTEND: "noninteractive",
    SOURCE_DATE_EPOCH: String(sourceDate),
  };
}
