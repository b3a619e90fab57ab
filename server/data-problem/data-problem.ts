/**
 * What an appliance answers while its data cannot be written: one page that says so and where to repair it, instead of
 * nothing. Root's program notes the problem before the server starts, and restarts the machine once it is repaired.
 */
import { existsSync, readFileSync } from "node:fs";
import { makeSelfSigned } from "../certificates/self-signed.ts";

/** Where root's program notes it, in one or two sentences. */
export const DATA_PROBLEM_FILE = "/run/causeway/data-problem";
/** A note is never longer. */
const MAX_NOTE_CHARACTERS = 1_000;
/** When a program may ask again, in seconds. */
const RETRY_AFTER_SECONDS = 60;
const SERVICE_UNAVAILABLE = 503;

/** What is wrong with the data partition; null: nothing is. */
export function readDataProblem(file: string): string | null {
  if (!existsSync(file)) return null;
  const note = readFileSync(file, "utf8").trim().slice(0, MAX_NOTE_CHARACTERS);
  return note === "" ? "The data partition cannot be written." : note;
}

/**
 * Answers every request with the problem, until it is disposed. The site's own certificate lies in the database that is not
 * there, so a self-signed one is made for so long.
 * @param port 0: the system chooses
 */
export function serveDataProblem(
  problem: string,
  { hostname, port, now }: { readonly hostname: string; readonly port: number; readonly now: Date },
): { readonly port: number } & AsyncDisposable {
  const { chainPem, keyPem } = makeSelfSigned("causeway", now);
  const server = Bun.serve({
    hostname,
    port,
    tls: { cert: chainPem, key: keyPem },
    fetch: (request) => answer(problem, new URL(request.url).pathname),
  });
  return { port: server.port!, [Symbol.asyncDispose]: () => server.stop(true) };
}

function answer(problem: string, path: string): Response {
  const isForPrograms = path.startsWith("/api/");
  const body = isForPrograms ? JSON.stringify({ code: "system.unavailable", message: problem }) : page(problem);
  return new Response(body, {
    status: SERVICE_UNAVAILABLE,
    headers: {
      "content-type": isForPrograms ? "application/json" : "text/html; charset=utf-8",
      "content-security-policy": "default-src 'none'; frame-ancestors 'none'; sandbox",
      "cache-control": "no-store",
      "retry-after": String(RETRY_AFTER_SECONDS),
      "x-content-type-options": "nosniff",
    },
  });
}

function page(problem: string): string {
  return [
    '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Causeway cannot start</title>',
    '<meta name="viewport" content="width=device-width"></head><body>',
    `<h1>Causeway cannot start</h1><p>${Bun.escapeHTML(problem)}</p>`,
    "<p>Computers and representatives connect again by themselves once this is repaired. The certificate of this page was ",
    "made for this page alone.</p></body></html>",
  ].join("");
}
