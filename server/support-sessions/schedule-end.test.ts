import { expect, test } from "bun:test";
import type { Schedule } from "../../protocol/schedule.ts";
import type { JumpRules } from "../../protocol/api/policies.ts";
import { addJumpPolicy, assign } from "../test/policy-rows.ts";
import type { Came } from "../test/scripted-socket.ts";
import { TestClock } from "../test/test-clock.ts";
import { startSession, startTestSite, type TestSite } from "../test/test-site.ts";
import { scheduleStep } from "./schedule-end.ts";

const MINUTE_MS = 60_000;
const END = new Date("2027-03-08T17:00:00Z");
const before = (minutes: number) => new Date(END.getTime() - minutes * MINUTE_MS);

test("POLICY-08 notices come 15, 10, 5, 2 and 1 minutes before the end, each once, then the end", () => {
  const said: [number, number][] = [];
  let told = Infinity;
  for (let minutes = 20; minutes > 0; minutes -= 0.25) {
    const step = scheduleStep(END, before(minutes), told);
    if (step.kind !== "notice") continue;
    told = step.told;
    said.push([minutes, step.minutes]);
  }
  expect(said).toEqual([15, 10, 5, 2, 1].map((minutes) => [minutes, minutes]));
  expect(scheduleStep(END, END, told)).toEqual({ kind: "end" });
  expect(scheduleStep(null, END, told)).toEqual({ kind: "none" });
});

test("POLICY-08 who starts late, or whose server stood still, is told at once how long is left", () => {
  expect(scheduleStep(END, before(11.5), Infinity)).toEqual({ kind: "notice", minutes: 12, told: 15 });
  expect(scheduleStep(END, before(1.5), 15)).toEqual({ kind: "notice", minutes: 2, told: 2 });
});

/** A site whose clock shows that moment, with a session under a Jump Policy. */
async function sessionAt(now: string, schedule: Schedule, rules: Partial<JumpRules>) {
  const clock = new TestClock();
  clock.jump(Date.parse(now) - clock.now().getTime());
  const site: TestSite = await startTestSite({ clock });
  const { agent, socket } = await site.jumpClient();
  const jumpPolicy = await addJumpPolicy(site.server.core, { schedule, ...rules });
  await assign(site.server.core, agent.jumpClient, { jump_policy: jumpPolicy });
  const { console, session, lanes } = await startSession(site.admin, agent, socket);
  const stack = new AsyncDisposableStack();
  stack.use(site);
  stack.use(console);
  return { clock, site, agent, socket, console, session, lanes, [Symbol.asyncDispose]: () => stack.disposeAsync() };
}

/** Mondays from eight in the morning to five, in UTC. 2027-03-08 is a Monday. */
const office: Schedule = {
  timeZone: "UTC",
  windows: [{ startDay: 0, startMinute: 480, endDay: 0, endMinute: 1020 }],
};

test("POLICY-07 POLICY-08 a session is ended at the end of the schedule, with notices before and its reason after", async () => {
  await using begun = await sessionAt("2027-03-08T16:40:00Z", office, { isEndForced: true });
  const { clock, console, session, socket, site } = begun;
  clock.jump(5 * MINUTE_MS);
  const notice = await console.socket.next("session.notice");
  expect(notice).toMatchObject({ session, minutes: 15, endsAt: "2027-03-08T17:00:00.000Z" });
  const told = await console.socket.next("session.logged", ({ event }) => event.kind === "warning");
  expect(told.event.text).toBe("The Jump Policy's schedule ends this session in 15 minutes");
  clock.jump(14 * MINUTE_MS);
  expect((await console.socket.next("session.notice")).minutes).toBe(1);
  clock.jump(MINUTE_MS);
  const ended = await console.socket.next("session.ended");
  expect(ended.message).toBe("The Jump Policy's schedule ended the session.");
  await socket.next("session.finish");
  const { rows } = await site.admin.json<{ rows: { action: string; actorKind: string; session: string | null }[] }>(
    "GET",
    "/api/login/audit?limit=10",
  );
  expect(rows.find(({ action }) => action === "session.ended-by-schedule")).toMatchObject({
    actorKind: "system",
    session,
  });
});

test("POLICY-05 where the end is not forced one works past it", async () => {
  await using begun = await sessionAt("2027-03-08T16:50:00Z", office, { isEndForced: false });
  const { clock, console, session } = begun;
  clock.jump(30 * MINUTE_MS);
  await Bun.sleep(2200);
  const seen = console.socket.history.map(({ type }) => type);
  expect([seen.includes("session.notice"), seen.includes("session.ended")]).toEqual([false, false]);
  expect((await console.ask("session.end", { session })).type).toBe("done");
});

const viewOf = (console: { socket: { history: readonly { type: string }[] } }) =>
  console.socket.history.findLast((message) => message.type === "session.changed") as Came<"session.changed">;

test("POLICY-07 the end follows the clock on the wall through the hour that is left out and the hour that comes twice", async () => {
  const night: Schedule = {
    timeZone: "Europe/London",
    windows: [{ startDay: 6, startMinute: 0, endDay: 6, endMinute: 150 }],
  };
  await using spring = await sessionAt("2027-03-28T00:30:00Z", night, { isEndForced: true });
  expect(viewOf(spring.console).session.endsAt).toBe("2027-03-28T01:30:00.000Z");
  spring.clock.jump(60 * MINUTE_MS);
  await spring.console.socket.next("session.ended");
  await using autumn = await sessionAt("2027-10-31T00:30:00Z", night, { isEndForced: true });
  expect(viewOf(autumn.console).session.endsAt).toBe("2027-10-31T02:30:00.000Z");
  autumn.clock.jump(61 * MINUTE_MS);
  await Bun.sleep(1500);
  expect(autumn.console.socket.history.some(({ type }) => type === "session.ended")).toBe(false);
});

test("POLICY-07 a Jump Policy that is changed while a session runs changes when it ends, and the end is written down", async () => {
  await using begun = await sessionAt("2027-03-08T12:00:00Z", office, { isEndForced: true });
  const { site, agent, console, session } = begun;
  const early: Schedule = { ...office, windows: [{ ...office.windows[0]!, endMinute: 13 * 60 }] };
  const other = await addJumpPolicy(site.server.core, { schedule: early, isEndForced: true });
  await site.admin.json("PATCH", "/api/console/jump-items", {
    ids: [agent.jumpClient],
    changes: { jumpPolicy: other },
  });
  const changed = await console.sees(session, ({ endsAt }) => endsAt === "2027-03-08T13:00:00.000Z");
  expect(changed.session).toBe(session);
  const { queries } = site.server.core.database;
  const row = await queries
    .selectFrom("support_sessions")
    .select("schedule_ends_at")
    .where("id", "=", session)
    .executeTakeFirstOrThrow();
  expect(row.schedule_ends_at).toBe("2027-03-08T13:00:00.000Z");
  await site.admin.json("PATCH", "/api/console/jump-items", { ids: [agent.jumpClient], changes: { jumpPolicy: null } });
  await console.sees(session, ({ endsAt }) => endsAt === null);
});

test("POLICY-07 an end that has come stays, though the schedule is open again before anybody looks", async () => {
  await using begun = await sessionAt("2027-03-08T16:40:00Z", office, { isEndForced: true });
  const { clock, console, site } = begun;
  clock.jump(7 * 24 * 60 * MINUTE_MS - 60 * MINUTE_MS);
  await site.server.core.policyBook.changed();
  expect((await console.socket.next("session.ended")).message).toBe("The Jump Policy's schedule ended the session.");
});
