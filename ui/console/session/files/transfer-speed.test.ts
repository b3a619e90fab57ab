import { expect, test } from "bun:test";
import { SpeedMeter, timeLeftMs } from "./transfer-speed.ts";

test("FILE-06 speed is that of the last seconds, and standing still brings it down", () => {
  const meter = new SpeedMeter();
  expect(meter.bytesPerSecond(0)).toBe(0);
  for (let second = 0; second <= 10; second += 1) meter.add(second * 1000, second * 1_000_000);
  expect(meter.bytesPerSecond(10_000)).toBeCloseTo(1_000_000, -3);
  expect(meter.bytesPerSecond(20_000)).toBeLessThan(400_000);
});

test("going on at an earlier place does not count backwards", () => {
  const meter = new SpeedMeter();
  meter.add(0, 5000);
  meter.add(1000, 100);
  meter.add(2000, 1100);
  expect(meter.bytesPerSecond(2000)).toBe(1000);
  meter.reset();
  expect(meter.bytesPerSecond(3000)).toBe(0);
});

test("time left", () => {
  expect([timeLeftMs(1000, 500), timeLeftMs(1000, 0)]).toEqual([2000, null]);
});
