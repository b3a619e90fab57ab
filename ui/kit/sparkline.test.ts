import { expect, test } from "bun:test";
import { sparklinePaths } from "./sparkline.ts";

const box = { widthPx: 90, heightPx: 26, ceiling: 100 };

test("a sparkline goes from edge to edge and from floor to ceiling", () => {
  const { line, area } = sparklinePaths([0, 50, 100], box);
  expect(line).toBe("M0.0,24.0 L45.0,12.5 L90.0,1.0");
  expect(area).toBe("M0.0,26.0 L0.0,24.0 L45.0,12.5 L90.0,1.0 L90.0,26.0Z");
});

test("values above the ceiling stay inside, and nothing at all lies on the floor", () => {
  expect(sparklinePaths([0, 200], box).line).toBe("M0.0,24.0 L90.0,1.0");
  expect(sparklinePaths([0, 0], { ...box, ceiling: 0 }).line).toBe("M0.0,24.0 L90.0,24.0");
});

test("one value is no line", () => {
  expect(sparklinePaths([3], box)).toEqual({ line: "", area: "" });
});

test("what is not known leaves a gap, and a figure between two gaps is still seen", () => {
  const { line, area } = sparklinePaths([null, 50, null, 0, 100, null, 50], { ...box, widthPx: 60 });
  expect(line).toBe("M9.0,12.5 L11.0,12.5 M30.0,24.0 L40.0,1.0 M58.0,12.5 L60.0,12.5");
  expect(area.split("Z")).toHaveLength(4);
  expect(area).toStartWith("M9.0,26.0 L9.0,12.5 L11.0,12.5 L11.0,26.0Z M30.0,26.0 L30.0,24.0");
});

test("of nothing known nothing is drawn", () => {
  expect(sparklinePaths([null, null, null], box)).toEqual({ line: "", area: "" });
});
