import { expect, test } from "bun:test";
import { CONTROL_CHANNEL, encodeFrame, FrameKind } from "../../protocol/frame.ts";
import { encodeMessage } from "../../protocol/parse.ts";
import type { SocketEvents } from "../connection/socket.ts";
import { TestClock } from "../test/test-clock.ts";
import { LiveSessions, MAX_SESSIONS } from "./live-sessions.ts";
import { SESSION_WAITS_MS } from "./support-session.ts";

const session = "S".repeat(22);
const tickets = { interactiveTicket: "interactive", bulkTicket: "bulk" };

/** The sessions of an agent whose network is the test, with a tool that tells how it ends. */
function open() {
  const clock = new TestClock();
  const dialled: SocketEvents[] = [];
  const ends: string[] = [];
  const sessions = new LiveSessions({
    stateDirectory: "/nonexistent",
    tools: [
      () => ({
        handlers: {},
        end: () => Promise.resolve(void ends.push("ended")),
        [Symbol.dispose]: () => void ends.push("disposed"),
      }),
    ],
    dial: (_path, events) => {
      dialled.push(events);
      return { send: () => undefined, close: () => undefined };
    },
    log: () => undefined,
    monotonicMs: () => clock.monotonicMs(),
  });
  const pass = async (ms: number): Promise<void> => {
    clock.advance(ms);
    sessions.tick(clock.monotonicMs());
    await Promise.resolve();
    await Bun.sleep(0);
  };
  const attach = (): void => {
    for (const { onOpen, onFrame } of dialled) {
      onOpen();
      onFrame(encodeFrame(FrameKind.control, CONTROL_CHANNEL, encodeMessage({ type: "session.attached", session })));
    }
  };
  const lose = (): void => {
    for (const { onClose } of dialled.splice(0)) onClose("lost");
  };
  return { sessions, dialled, ends, pass, attach, lose };
}

test("a session whose lanes are lost is kept ten minutes, and then ends and frees everything", async () => {
  const { sessions, ends, pass, attach, lose } = open();
  sessions.begin({ session, ...tickets });
  attach();
  await pass(24 * 60 * 60_000);
  expect(sessions.ids).toEqual([session]);
  lose();
  await pass(SESSION_WAITS_MS);
  expect([sessions.ids, ends]).toEqual([[session], []]);
  await pass(1);
  expect([sessions.ids, ends]).toEqual([[], ["ended", "disposed"]]);
});

test("a session that is called again in time waits ten minutes anew", async () => {
  const { sessions, ends, pass, attach, lose } = open();
  sessions.begin({ session, ...tickets });
  attach();
  lose();
  await pass(SESSION_WAITS_MS);
  sessions.begin({ session, ...tickets });
  attach();
  lose();
  await pass(SESSION_WAITS_MS);
  expect(sessions.ids).toEqual([session]);
  await pass(1);
  expect(ends).toEqual(["ended", "disposed"]);
});

test("with one lane lost a session is not alone, however long that takes", async () => {
  const { sessions, dialled, pass, attach } = open();
  sessions.begin({ session, ...tickets });
  attach();
  dialled.pop()!.onClose("lost");
  await pass(2 * SESSION_WAITS_MS);
  expect(sessions.ids).toEqual([session]);
});

test("a session whose lanes never stood is not waited for longer either", async () => {
  const { sessions, ends, pass } = open();
  sessions.begin({ session, ...tickets });
  await pass(SESSION_WAITS_MS + 1);
  expect([sessions.ids, ends]).toEqual([[], ["ended", "disposed"]]);
});

test("only the lanes that are named are dialled; both when none is", () => {
  const { sessions, dialled } = open();
  sessions.begin({ session, ...tickets });
  expect(dialled).toHaveLength(2);
  sessions.begin({ session, ...tickets, lanes: ["bulk"] });
  expect(dialled).toHaveLength(3);
});

test("more sessions than a computer needs are not begun", () => {
  const { sessions, dialled } = open();
  for (let count = 0; count <= MAX_SESSIONS; count += 1)
    sessions.begin({ session: String(count).padStart(22, "0"), ...tickets });
  expect([sessions.ids.length, dialled.length]).toEqual([MAX_SESSIONS, 2 * MAX_SESSIONS]);
});
