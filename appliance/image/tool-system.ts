import { existsSync, mkdirSync, rmSync } from "node:fs";
import { basename, join } from "node:path";
import { type BuildEnvironment, run } from "./command.ts";

/**
 * The tools of the image's own Debian release, in a folder of their own; what they work on lies in its /build, so that
 * neither mounts nor the builder's versions are needed.
 */
export class ToolSystem {
  private constructor(
    /** The folder that is the tools' root. */
    readonly root: string,
    private readonly environment: BuildEnvironment,
  ) {}

  /** Unpacks the tools beside their archive unless they are there. */
  static async open(archive: string, environment: BuildEnvironment): Promise<ToolSystem> {
    const root = archive.replace(/\.tar$/u, "");
    if (!existsSync(join(root, ".whole"))) {
      rmSync(root, { recursive: true, force: true });
      mkdirSync(root, { recursive: true });
      await run(["tar", "--extract", "--numeric-owner", "--file", archive, "--directory", root], environment);
      await Bun.write(join(root, ".whole"), "");
    }
    return new ToolSystem(root, environment);
  }

  /** A fresh folder for one build. */
  workFolder(name: string): WorkFolder {
    const path = join(this.root, "build", name);
    rmSync(path, { recursive: true, force: true });
    mkdirSync(path, { recursive: true });
    return new WorkFolder(path, `/build/${basename(path)}`);
  }

  /** Runs one of the tools; paths are as the tools see them. @throws {Error} with its last words */
  async run(command: readonly string[], input?: string): Promise<string> {
    return await run(["chroot", this.root, ...command], this.environment, input === undefined ? {} : { input });
  }
}

/** A folder as the builder sees it and as the tools see it. */
export class WorkFolder {
  constructor(
    private readonly outside: string,
    private readonly inside: string,
  ) {}

  /** A file's path for the builder. */
  path(...names: string[]): string {
    return join(this.outside, ...names);
  }

  /** The same file's path for the tools. */
  toolPath(...names: string[]): string {
    return join(this.inside, ...names);
  }
}
