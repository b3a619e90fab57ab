import { existsSync } from "node:fs";
import { join } from "node:path";
import { type Core, openCore } from "../core.ts";
import { DATABASE_FILE } from "../database/database.ts";
import { UsageError } from "./arguments.ts";
import type { CommandContext } from "./command.ts";

/** Opens a data directory that must be there already. @throws {UsageError} when it is not. */
export async function openData(directory: string, context: CommandContext): Promise<Core> {
  if (!existsSync(join(directory, DATABASE_FILE)))
    throw new UsageError(`${directory} holds no data of Causeway. Name the directory that "causeway serve" uses.`);
  return await openCore({ ...context, directory });
}
