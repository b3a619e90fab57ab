import { Program } from "../desktop/program.ts";

/**
 * Starts the built server on a data directory.
 * @param listen where; port 0 lets the system choose
 * @returns the program, and the address once it listens
 */
export function serve(
  folder: string,
  listen = "127.0.0.1:0",
): { readonly program: Program; readonly address: Promise<string> } {
  const listening = Promise.withResolvers<string>();
  const program = new Program(["dist/causeway", "serve", "--data", folder, "--listen", listen], {
    onLine: (line) => {
      const address = /^Listening on (https:\/\/\S+)/.exec(line)?.[1];
      if (address !== undefined) listening.resolve(address);
    },
  });
  return { program, address: listening.promise };
}
