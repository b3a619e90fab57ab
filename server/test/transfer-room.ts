/** A server, the real agent beside it, a running session and a folder of its own to transfer files from and to. */
import { createHash } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { SLICE_BYTES } from "../../protocol/messages/transfers.ts";
import { systemClock } from "../clock.ts";
import { onlineJumpItem, RealAgent } from "./real-agent.ts";
import { ScriptedConsole } from "./scripted-console.ts";
import type { TestBrowser } from "./test-browser.ts";
import { startTestServer, type TestServer } from "./test-server.ts";

export interface TransferRoom extends AsyncDisposable {
  readonly server: TestServer;
  readonly agent: RealAgent;
  readonly anna: TestBrowser;
  readonly console: ScriptedConsole;
  readonly session: string;
  /** Where the routes of this session's transfers begin. */
  readonly base: string;
  readonly directory: string;
}

export async function openTransferRoom(): Promise<TransferRoom> {
  await using stack = new AsyncDisposableStack();
  const directory = mkdtempSync(join(tmpdir(), "causeway-transfers-"));
  stack.defer(() => rmSync(directory, { recursive: true, force: true }));
  const server = stack.use(await startTestServer({ clock: systemClock }));
  const agent = stack.use(await RealAgent.start(server.core, server.port));
  const anna = await server.administrator("login", "console");
  const console = stack.use(await ScriptedConsole.open(anna));
  const session = await console.start(await onlineJumpItem(anna));
  await console.sees(session, (view) => view.state === "active");
  const base = `/api/console/sessions/${session}`;
  const opened = stack.move();
  return { server, agent, anna, console, session, base, directory, [Symbol.asyncDispose]: () => opened.disposeAsync() };
}

/** The header Content-Digest of bytes. */
export function digestOf(bytes: Uint8Array): string {
  return `sha-256=:${createHash("sha256").update(bytes).digest("base64")}:`;
}

/** SHA-256 as the wire writes it. */
export function hashOf(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("base64url");
}

/** Random bytes of any length. */
export function randomContent(length: number): Buffer {
  const bytes = Buffer.alloc(length);
  for (let at = 0; at < length; at += 65_536) crypto.getRandomValues(bytes.subarray(at, Math.min(at + 65_536, length)));
  return bytes;
}

/** Sends the slice of `content` at `offset`. */
export function putSlice(
  browser: TestBrowser,
  base: string,
  id: string,
  content: Uint8Array,
  offset: number,
): Promise<Response> {
  const raw = content.slice(offset, offset + SLICE_BYTES);
  return browser.request("PUT", `${base}/uploads/${id}/slices/${offset}`, {
    raw,
    headers: { "content-digest": digestOf(raw) },
  });
}
