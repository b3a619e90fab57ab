import type { Access } from "../../protocol/permissions.ts";

/** A route of the server with what it asks for. */
export interface ListedRoute {
  readonly method: string;
  readonly path: string;
  readonly access: Access;
  /** Who beside our own pages may send it. */
  readonly callers: "any-site" | "programs" | null;
}

/** Every route there is, told by the server itself. @throws {Error} when it cannot be opened */
export async function everyRoute(): Promise<readonly ListedRoute[]> {
  const root = new URL("../../", import.meta.url).pathname;
  const told = Bun.spawn([process.execPath, "server/test/print-routes.ts"], { cwd: root, stderr: "inherit" });
  const text = await new Response(told.stdout).text();
  if ((await told.exited) !== 0) throw new Error("the server could not tell its routes");
  return JSON.parse(text) as ListedRoute[];
}
