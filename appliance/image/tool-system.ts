import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from "node:fs";
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
    const whole = archive.replace(/\.tar$/u, "");
    if (!existsSync(whole)) {
      const unfinished = `${whole}.${process.pid}.unfinished`;
      mkdirSync(unfinished);
      await run(["tar", "--extract", "--numeric-owner", "--file", archive, "--directory", unfinished], environment);
      renameSync(unfinished, whole);
    }
    return new ToolSystem(whole, environment);
  }

  /** A fresh folder for one build, so that several builds may run at once. */
  workFolder(): WorkFolder {
    mkdirSync(join(this.root, "build"), { recursive: true });
    const path = mkdtempSync(join(this.root, "build", "image-"));
    return new WorkFolder(path, `/build/${basename(path)}`);
  }

  /** Runs one of the tools; paths are as the tools see them. @throws {Error} with its last words */
  async run(command: readonly string[], input?: string): Promise<string> {
    return await run(["chroot", this.root, ...command], this.environment, input === undefined ? {} : { input });
  }
}

/** A folder as the builder sees it and as the tools see it; disposing it removes it. */
export class WorkFolder implements Disposable {
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

  [Symbol.dispose](): void {
    rmSync(this.outside, { recursive: true, force: true });
  }
}
