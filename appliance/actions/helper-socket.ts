import { chmodSync, chownSync, mkdirSync, rmSync } from "node:fs";
import { createServer, type Server, type Socket } from "node:net";
import { dirname } from "node:path";
import { type HelperLine, MAX_HELPER_LINE_BYTES } from "../../protocol/appliance/system-actions.ts";
import type { ActionTable } from "./actions.ts";
import { answerRequest } from "./answer-request.ts";

/** The most connections at once; a further one is closed unanswered. */
const MAX_CONNECTIONS = 16;
/** So long a connection has to say what it wants. */
const REQUEST_TIMEOUT_MS = 10_000;

/** Where the socket is, and whose it is beside root's. */
export interface HelperSocketOptions {
  readonly path: string;
  /** The group that may open it; null: root alone. */
  readonly groupId: number | null;
  readonly table: ActionTable;
}

/** Listens on the helper's socket: a connection is one request, and whoever may open the file may ask. */
export async function openHelperSocket(options: HelperSocketOptions): Promise<AsyncDisposable> {
  const connections = new Set<Socket>();
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    connections.add(socket);
    socket.once("close", () => connections.delete(socket));
    // A peer that is gone while an answer is written: its "close" follows.
    socket.on("error", () => socket.destroy());
    if (connections.size > MAX_CONNECTIONS) socket.destroy();
    else serve(socket, options.table);
  });
  await listen(server, options);
  return {
    [Symbol.asyncDispose]: async () => {
      const closed = new Promise((resolve) => server.close(resolve));
      for (const socket of connections) socket.destroy();
      await closed;
    },
  };
}

/** INVARIANT: the file is root's alone until its group is set; the umask sees to that. */
async function listen(server: Server, { path, groupId }: HelperSocketOptions): Promise<void> {
  mkdirSync(dirname(path), { recursive: true });
  rmSync(path, { force: true });
  const formerMask = process.umask(0o177);
  try {
    await new Promise<void>((resolve, reject) => server.once("error", reject).listen(path, resolve));
  } finally {
    process.umask(formerMask);
  }
  if (groupId === null) return;
  chownSync(path, 0, groupId);
  chmodSync(path, 0o660);
}

function serve(socket: Socket, table: ActionTable): void {
  const leaving = new AbortController();
  socket.once("close", () => leaving.abort());
  const timer = setTimeout(() => socket.destroy(), REQUEST_TIMEOUT_MS);
  readLine(socket, (line) => {
    clearTimeout(timer);
    if (line === null) return refuseLongLine(socket);
    const report = (done: number, total: number): void => write(socket, { kind: "progress", done, total });
    void answerRequest(line, table, { signal: leaving.signal, report: paced(report) }).then((last) => {
      write(socket, last);
      socket.end();
    });
  });
  socket.once("close", () => clearTimeout(timer));
}

/** Calls back once with the first line, or null when it is too long. Never with a line that did not end. */
function readLine(socket: Socket, onLine: (line: string | null) => void): void {
  const pieces: Buffer[] = [];
  let size = 0;
  const onData = (data: Buffer | string): void => {
    const piece = Buffer.from(data);
    const end = piece.indexOf(0x0a);
    const part = end === -1 ? piece : piece.subarray(0, end);
    size += part.length;
    pieces.push(part);
    const isTooLong = size > MAX_HELPER_LINE_BYTES;
    if (end === -1 && !isTooLong) return;
    socket.off("data", onData);
    // What follows is not read, but the end of the connection is to be seen.
    socket.resume();
    onLine(isTooLong ? null : Buffer.concat(pieces).toString("utf8"));
  };
  socket.on("data", onData);
  // allowHalfOpen: whoever ends without a line has nothing to ask; whoever asked may have ended its half.
  socket.once("end", () => {
    if (socket.listeners("data").includes(onData)) socket.destroy();
  });
}

function refuseLongLine(socket: Socket): void {
  const message = `A request has at most ${MAX_HELPER_LINE_BYTES} bytes.`;
  write(socket, { kind: "refused", code: "request.too_large", message });
  socket.end();
}

function write(socket: Socket, line: HelperLine): void {
  if (!socket.destroyed) socket.write(`${JSON.stringify(line)}\n`);
}

/** At most four reports a second, and always the last: what nobody reads must not pile up. */
function paced(report: (done: number, total: number) => void): (done: number, total: number) => void {
  let next = 0;
  return (done, total) => {
    const now = performance.now();
    if (now < next && done < total) return;
    next = now + 250;
    report(done, total);
  };
}
