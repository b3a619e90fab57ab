import { expect, test } from "bun:test";
import type { Schedule } from "../../protocol/schedule.ts";
import { onlineJumpItem } from "../test/real-agent.ts";
import { addJumpPolicy } from "../test/policy-rows.ts";
import { ScriptedConsole } from "../test/scripted-console.ts";
import { openSeparateSite, type SeparateSite } from "../test/separate-site.ts";
import { startServingProcess } from "../test/serving-process.ts";
import { PASSWORD } from "../test/test-server.ts";

const MINUTE_MS = 60_000;

/** Open since an hour ago; closes in half an hour, at a full minute. */
function closingSoon(): { schedule: Schedule; endsAt: Date } {
  const now = Math.floor(Date.now() / MINUTE_MS) * MINUTE_MS;
  const [start, end] = [new Date(now - 60 * MINUTE_MS), new Date(now + 30 * MINUTE_MS)];
  // Schedules count from Monday.
  const dayOf = (time: Date) => (time.getUTCDay() + 6) % 7;
  const minuteOf = (time: Date) => time.getUTCHours() * 60 + time.getUTCMinutes();
  const window = {
    ...{ startDay: dayOf(start), startMinute: minuteOf(start) },
    ...{ endDay: dayOf(end), endMinute: minuteOf(end) },
  };
  return { schedule: { timeZone: "UTC", windows: [window] }, endsAt: end };
}

/** The site's session comes under a Jump Policy that ends it in half an hour. */
async function sessionThatEnds({ core, anna, console, session }: SeparateSite): Promise<string> {
  const { schedule, endsAt } = closingSoon();
  const jumpPolicy = await addJumpPolicy(core, { schedule, isEndForced: true });
  const ids = [await onlineJumpItem(anna)];
  // The server notices within a second what is written beside it.
  for (let tries = 0; tries < 50; tries += 1) {
    const { code } = await anna.refusal("PATCH", "/api/console/jump-items", { body: { ids, changes: { jumpPolicy } } });
    if (code === "") break;
    await Bun.sleep(100);
  }
  await console.sees(session, (view) => view.endsAt === endsAt.toISOString());
  return endsAt.toISOString();
}

test("POLICY-07 POLICY-08 the end of the schedule outlives kill -9 of the server: notices come again, and the session ends", async () => {
  await using site = await openSeparateSite();
  const { anna, server, directory, session, agent } = site;
  const endsAt = await sessionThatEnds(site);
  await server.kill();
  await agent.kill();

  await using before = await startServingProcess(directory, server.port, 22 * MINUTE_MS);
  agent.run();
  {
    using console = await ScriptedConsole.open(anna);
    expect(console.welcome.sessions).toMatchObject([{ session, endsAt }]);
    expect(await console.socket.next("session.notice")).toMatchObject({ session, endsAt });
    await console.sees(session, (view) => view.state === "active");
  }
  await before.kill();

  // Nobody was there when the schedule closed.
  await using after = await startServingProcess(directory, server.port, 31 * MINUTE_MS);
  expect(after.port).toBe(server.port);
  await anna.signIn("console", "anna", PASSWORD);
  await anna.signIn("login", "anna", PASSWORD);
  expect(await auditOf(site, "session.ended-by-schedule")).toMatchObject([{ actorKind: "system", session }]);
  using console = await ScriptedConsole.open(anna);
  expect(console.welcome.sessions).toEqual([]);
  expect((await anna.refusal("POST", `${site.base}/uploads`, { body: {} })).status).toBeGreaterThanOrEqual(400);
  const jumpItem = await onlineJumpItem(anna);
  expect(await console.refusal("session.start", { jumpItem })).toBe("start.schedule_closed");
  // The agent has let go of the session that ended: it takes part in a new one.
  const next = await console.ask("session.start", { jumpItem, overrideSchedule: true });
  const started = (next as unknown as { session: { session: string } }).session.session;
  expect(started).not.toBe(session);
  await console.sees(started, (view) => view.state === "active");
}, 60_000);

/** Rows of one action, once there are any. */
async function auditOf({ anna }: SeparateSite, action: string): Promise<object[]> {
  for (let tries = 0; tries < 100; tries += 1) {
    const { rows } = await anna.json<{ rows: object[] }>("GET", `/api/login/audit?action=${action}`);
    if (rows.length > 0) return rows;
    await Bun.sleep(100);
  }
  return [];
}
