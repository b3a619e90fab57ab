import { describe, expect, test } from "bun:test";
import { noRooms, PASSWORD, startTestServer } from "../test/test-server.ts";
import { lastDue } from "./schedule.ts";

const due = (now: string, at: string, zone: string): string => lastDue(new Date(now), at, zone).toISOString();

describe("when a backup is due", () => {
  test("the last time the wall clock showed it, in the appliance's time zone", () => {
    expect(due("2026-11-21T10:00:00Z", "02:00", "UTC")).toBe("2026-11-21T02:00:00.000Z");
    expect(due("2026-11-21T01:59:59Z", "02:00", "UTC")).toBe("2026-11-20T02:00:00.000Z");
    expect(due("2026-11-21T02:00:00Z", "02:00", "UTC")).toBe("2026-11-21T02:00:00.000Z");
    expect(due("2026-11-21T10:00:00Z", "02:00", "Europe/Berlin")).toBe("2026-11-21T01:00:00.000Z");
    expect(due("2026-11-21T10:00:00Z", "23:30", "Pacific/Auckland")).toBe("2026-11-20T10:30:00.000Z");
    expect(due("2026-11-21T10:00:00Z", "02:00", "No/Where")).toBe("2026-11-21T02:00:00.000Z");
  });

  test("on the day the clock is put forward over it, at the change; on the day it is put back, the first of the two", () => {
    // Berlin 2026: 29 March 02:00 becomes 03:00 (01:00 UTC), 25 October 03:00 becomes 02:00 (01:00 UTC).
    expect(due("2026-03-29T12:00:00Z", "02:30", "Europe/Berlin")).toBe("2026-03-29T01:00:00.000Z");
    expect(due("2026-10-25T12:00:00Z", "02:30", "Europe/Berlin")).toBe("2026-10-25T00:30:00.000Z");
    expect(due("2026-10-25T01:15:00Z", "02:30", "Europe/Berlin")).toBe("2026-10-25T00:30:00.000Z");
    expect(due("2026-03-29T00:59:00Z", "02:30", "Europe/Berlin")).toBe("2026-03-28T01:30:00.000Z");
  });

  test("each day of a year has one, in zones with and without changes, and none is passed over", () => {
    for (const zone of ["Europe/Berlin", "America/St_Johns", "Asia/Kolkata", "Australia/Lord_Howe"]) {
      const found = new Set<string>();
      for (let hour = 0; hour < 365 * 24; hour += 6)
        found.add(lastDue(new Date(Date.UTC(2026, 0, 2, hour)), "02:15", zone).toISOString());
      expect(found.size).toBeGreaterThanOrEqual(365);
      expect(found.size).toBeLessThanOrEqual(366);
    }
  }, 30_000);
});

describe("the timetable", () => {
  test("a due backup is taken once; one missed while the appliance was off is told and made up for", async () => {
    await using site = await startTestServer({ openRooms: noRooms });
    const { backups, timetable, applianceAccess } = site.core;
    const alerts: string[] = [];
    backups.alertBy((cause) => void alerts.push(cause));
    const anna = site.browser();
    const code = await applianceAccess.presenceCodes.create();
    await anna.json("POST", "/api/appliance/with-code", { code, username: "root-anna", password: PASSWORD });
    const at = `${new Date(site.clock!.now().getTime() + 3_600_000).toISOString().slice(11, 13)}:00`;
    const zone = new Intl.DateTimeFormat().resolvedOptions().timeZone;
    const settings = { isEnabled: true, at, target: { kind: "disk" }, keepDays: 14, testsEvery: 0 };
    await anna.json("PUT", "/api/appliance/backups/settings", { ...settings, passphrase: "five ravens on the weir" });
    const count = async (): Promise<string[]> =>
      (await backups.state()).backups.map(({ reason, state }) => `${reason} ${state}`);
    await timetable.tick();
    expect(await count()).toEqual([]);
    const next = lastDue(new Date(site.clock!.now().getTime() + 86_400_000), at, zone);
    site.clock!.advance(next.getTime() - site.clock!.now().getTime() + 10_000);
    await timetable.tick();
    await timetable.tick();
    expect(await count()).toEqual(["schedule good"]);
    expect(alerts).toEqual([]);
    site.clock!.advance(3 * 86_400_000 + 2 * 3_600_000);
    await timetable.tick();
    await timetable.tick();
    expect(await count()).toEqual(["schedule good", "schedule good"]);
    expect(alerts).toEqual(["lost"]);
  }, 30_000);
});
