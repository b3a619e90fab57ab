import { expect, test } from "bun:test";
import { ReadingTime } from "./reading-time.ts";

const GRACE_MS = 400;

test("SCREEN-04 a keycode is left alone until its last press has been read, and longer with more keys on their way", () => {
  const reading = new ReadingTime();
  expect(reading.untilRead([93], 0, GRACE_MS)).toBe(0);
  reading.pressed(93, 1000);
  expect(reading.untilRead([93], 1000, GRACE_MS)).toBe(GRACE_MS + 1);
  expect(reading.untilRead([97], 1000, GRACE_MS)).toBe(0);
  for (let key = 0; key < 50; key++) reading.pressed(38, 1000);
  reading.pressed(97, 1000);
  expect(reading.untilRead([93], 1000, GRACE_MS)).toBe(GRACE_MS + 1);
  expect(reading.untilRead([93, 97], 1000, GRACE_MS)).toBe(GRACE_MS + 52);
  expect(reading.untilRead([93, 97], 1052 + GRACE_MS, GRACE_MS)).toBe(0);
});
