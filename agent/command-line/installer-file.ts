import { existsSync, readFileSync, statSync } from "node:fs";
import { Value } from "@sinclair/typebox/value";
import { AppError } from "../../protocol/errors.ts";
import { InstallerFile } from "../../protocol/hello.ts";

const MAX_INSTALLER_BYTES = 1 << 20;

/**
 * Reads the installer's file that came with the agent.
 * @throws {AppError} not_found, or installer.invalid when it is not one.
 */
export function readInstallerFile(path: string): InstallerFile {
  if (!existsSync(path)) throw new AppError("not_found", `There is no installer file at ${path}.`);
  if (statSync(path).size > MAX_INSTALLER_BYTES) throw notAnInstaller(path);
  let content: unknown;
  try {
    content = JSON.parse(readFileSync(path, "utf8"));
  } catch (cause) {
    throw notAnInstaller(path, cause);
  }
  if (!Value.Check(InstallerFile, content)) throw notAnInstaller(path);
  return content;
}

function notAnInstaller(path: string, cause?: unknown): AppError {
  return new AppError("installer.invalid", `${path} is not an installer of Causeway. Download it again.`, { cause });
}
