/** When something is allowed: windows of the week in a time zone. What a schedule means is in server/policy/schedule.ts. */
import { type Static, Type } from "@sinclair/typebox";

/** 0 is Monday. */
const Weekday = Type.Integer({ minimum: 0, maximum: 6 });
/** Minutes after midnight by the clock on the wall of the time zone; 1440 is the end of the day. */
const MinuteOfDay = Type.Integer({ minimum: 0, maximum: 1440 });

/** From a day and minute to a day and minute; an end before the start reaches over the week's end (or midnight). */
export const ScheduleWindow = Type.Object({
  startDay: Weekday,
  startMinute: MinuteOfDay,
  endDay: Weekday,
  endMinute: MinuteOfDay,
});
export type ScheduleWindow = Static<typeof ScheduleWindow>;

export const Schedule = Type.Object({
  /** IANA name: "Europe/London". */
  timeZone: Type.String({ minLength: 1, maxLength: 64 }),
  /** None: never. */
  windows: Type.Array(ScheduleWindow, { maxItems: 56 }),
});
export type Schedule = Static<typeof Schedule>;
