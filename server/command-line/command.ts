import type { AssetTable } from "../assets.ts";
import type { Clock } from "../clock.ts";
import type { Core } from "../core.ts";
import type { Log } from "../log.ts";
import type { Rooms } from "../server.ts";
import type { ServiceManagerSettings } from "../service-manager/service-manager.ts";

/** The world as a command sees it. */
export interface CommandContext {
  readonly version: string;
  readonly clock: Clock;
  readonly log: Log;
  /** Whom a serving process tells that it serves and lives; null: nobody. */
  readonly serviceManager: ServiceManagerSettings | null;
  /** Where systemd put credentials, or `null`. */
  readonly credentialsDirectory: string | null;
  /** Writes a line for the person (standard output). */
  print(line: string): void;
  /** Writes a line about what went wrong (standard error). */
  printError(line: string): void;
  /** The first line of standard input, without its end. */
  readLine(): Promise<string>;
  /** Resolves when the process is asked to end (SIGTERM, SIGINT). */
  untilStopped(): Promise<void>;
  /** The pages, from the build. */
  loadAssets(): Promise<AssetTable>;
  /** The rooms beside the core, wired for serving. */
  openRooms(core: Core, options: { readonly agentsDirectory: string }): Promise<Rooms>;
  /** Where the agents for download lie unless told otherwise: beside the program. */
  readonly agentsDirectory: string;
}

/** One word of the command line. */
export interface Command {
  /** What stands after the word in the help. */
  readonly usage: string;
  readonly summary: string;
  /** Returns the exit status. @throws {UsageError} @throws {AppError} in words for the operator */
  run(words: readonly string[], context: CommandContext): Promise<number>;
}
