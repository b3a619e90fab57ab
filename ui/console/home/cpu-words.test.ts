import { expect, test } from "bun:test";
import { encodeCpuHours, NO_WORD } from "../../../protocol/cpu-hours.ts";
import { cpuShown } from "./cpu-words.ts";

const day = (percents: readonly number[]): string => {
  const bytes = new Uint8Array(24).fill(NO_WORD);
  bytes.set(percents, 24 - percents.length);
  return encodeCpuHours(bytes);
};
const online = (cpuPercent: number | null, cpuHours: string | null) =>
  cpuShown({ status: "online", cpuPercent, cpuHours });

test("a computer shows its last figure and the hours before", () => {
  const shown = online(12.4, day([3, 64, 20]));
  expect(shown).toMatchObject({
    figure: "12%",
    isHigh: false,
    words: "CPU 12% now, 64% in the busiest of the last 24 hours",
  });
  expect(shown?.hours.slice(-4)).toEqual([null, 3, 64, 20]);
});

test("of what is offline or never spoke nothing is said, and without a day the figure alone", () => {
  expect(cpuShown({ status: "offline", cpuPercent: 12, cpuHours: day([12]) })).toBeNull();
  expect(online(null, null)).toBeNull();
  expect(online(7, null)).toMatchObject({ figure: "7%", words: "CPU 7% now", isHigh: false });
});

test("high is a high figure now or a high day, not one busy hour", () => {
  expect(online(85, day([1]))?.isHigh).toBe(true);
  expect(online(20, day(Array.from({ length: 24 }, () => 60)))?.isHigh).toBe(true);
  expect(online(20, day([5, 100, 5]))?.isHigh).toBe(false);
});
