import { createServer, type Server, type Socket } from "node:net";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { AppError } from "../../protocol/errors.ts";
import { temporaryDirectory } from "../test/temporary-directory.ts";
import { openSystemHelperPeer } from "../test/peers/system-helper-peer.ts";
import { AnswerLines, MAX_ANSWER_LINE_BYTES } from "./answer-lines.ts";
import { SystemHelper } from "./system-helper.ts";

/** What a question ends with: the refusal's code, or the answer. */
const outcome = (asked: Promise<unknown>): Promise<unknown> =>
  asked.catch((error: unknown) => (error instanceof AppError ? error.code : error));

describe("the appliance's own helper", () => {
  test("answers a question, refuses in its own words, and is known to be there", async () => {
    await using peer = await openSystemHelperPeer();
    const helper = new SystemHelper(peer.socket);
    expect(helper.isThere).toBe(true);
    expect(await helper.ask("machine.read", {})).toMatchObject({ version: "1.2.0" });
    expect(await outcome(helper.ask("slots.choose", { slot: "b" }))).toBe("request.conflict");
    expect(await outcome(helper.ask("update.stage", { file: "nobody.bundle" }))).toBe("not_found");
  });

  test("where there is none, everything says so", async () => {
    const helper = new SystemHelper("/run/there-is-none.sock");
    expect(helper.isThere).toBe(false);
    expect(await helper.askIfThere("machine.read", {})).toBeNull();
    expect(await outcome(helper.ask("machine.read", {}))).toBe("system.unavailable");
  });
});

describe("a helper that misbehaves", () => {
  let directory: ReturnType<typeof temporaryDirectory>;
  let server: Server;
  let answer: (socket: Socket) => void;
  let helper: SystemHelper;
  const sockets = new Set<Socket>();
  beforeEach(async () => {
    directory = temporaryDirectory();
    const path = join(directory.path, "helper.sock");
    server = createServer((socket) => {
      sockets.add(socket);
      socket.on("error", () => socket.destroy());
      socket.on("close", () => sockets.delete(socket));
      socket.once("data", () => answer(socket));
    });
    await new Promise<void>((resolve) => server.listen(path, resolve));
    helper = new SystemHelper(path);
  });
  afterEach(async () => {
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
    directory[Symbol.dispose]();
  });

  test("ends in words: no answer, half of one, none of its shape, one that never ends", async () => {
    const answers: ((socket: Socket) => void)[] = [
      (socket) => socket.end(),
      (socket) => socket.end('{"kind":"done","answers"'),
      (socket) => socket.end("junk\n"),
      (socket) => socket.end('{"kind":"done","answers":{"version":7}}\n'),
      (socket) => socket.end('{"kind":"refused","code":"no.such.code","message":"x"}\n'),
      () => undefined,
    ];
    for (answer of answers)
      expect(await outcome(helper.ask("machine.read", {}, { quietMs: 300 }))).toBe("system.unavailable");
    let sent = 0;
    answer = (socket) => {
      const piece = new Uint8Array(1 << 20).fill(0x61);
      const more = (): void => {
        sent += piece.length;
        if (!socket.destroyed && sent < 4 * MAX_ANSWER_LINE_BYTES) socket.write(piece, more);
      };
      more();
    };
    expect(await outcome(helper.ask("machine.read", {}))).toBe("system.unavailable");
    expect(sent).toBeLessThan(2 * MAX_ANSWER_LINE_BYTES);
  });

  test("progress is told until it is done, and who leaves cancels", async () => {
    const told: [number, number][] = [];
    const onProgress = (done: number, total: number): void => void told.push([done, total]);
    answer = (socket) => {
      for (const done of [1, 2]) socket.write(`${JSON.stringify({ kind: "progress", done, total: 2 })}\n`);
      socket.end('{"kind":"done","answers":{}}\n');
    };
    expect(await helper.ask("power.restart", {}, { onProgress })).toEqual({});
    expect(told).toEqual([
      [1, 2],
      [2, 2],
    ]);
    const ending = new AbortController();
    const closed = new Promise<void>((resolve) => {
      answer = (socket) => {
        socket.on("close", () => resolve());
        ending.abort();
      };
    });
    expect(await outcome(helper.ask("power.restart", {}, { signal: ending.signal }))).toBe("transfer.cancelled");
    await closed;
    expect(await outcome(helper.ask("power.restart", {}, { signal: ending.signal }))).toBe("transfer.cancelled");
  });
});

test("lines are the same however they are cut into pieces", () => {
  const text = Buffer.from('{"a":"ä€😀"}\n\n{"b":2}\nrest');
  for (let cut = 1; cut < text.length; cut += 1) {
    const lines: string[] = [];
    const answers = new AnswerLines((line) => lines.push(line));
    for (let at = 0; at < text.length; at += cut) expect(answers.add(text.subarray(at, at + cut))).toBe(true);
    expect(lines).toEqual(['{"a":"ä€😀"}', "", '{"b":2}']);
  }
});
