import { expect, test } from "bun:test";
import { ReadingTime } from "./reading-time.ts";

test("SCREEN-04 a keycode is left alone until its last press has been read, and longer with more keys on their way", () => {
  const reading = new ReadingTime();
  expect(reading.untilRead([93], 1000)).toBe(0);
  reading.pressed(93, 1000);
  const afterOne = reading.untilRead([93], 1000);
  expect(afterOne).toBeGreaterThan(100);
  expect(reading.untilRead([97], 1000)).toBe(0);
  for (let key = 0; key < 50; key++) reading.pressed(38, 1000);
  reading.pressed(97, 1000);
  expect(reading.untilRead([93], 1000)).toBe(afterOne);
  expect(reading.untilRead([93, 97], 1000)).toBe(afterOne + 51);
  expect(reading.untilRead([93, 97], 1000 + afterOne + 51)).toBe(0);
});
