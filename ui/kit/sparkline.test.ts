import { expect, test } from "bun:test";
import { sparklinePaths } from "./sparkline.ts";

const box = { widthPx: 90, heightPx: 26, ceiling: 100 };

test("a sparkline goes from edge to edge and from floor to ceiling", () => {
  const { line, area } = sparklinePaths([0, 50, 100], box);
  expect(line).toBe("M0.0,24.0 L45.0,12.5 L90.0,1.0");
  expect(area).toBe("M0,26 L0.0,24.0 L45.0,12.5 L90.0,1.0 L90,26Z");
});

test("values above the ceiling stay inside, and nothing at all lies on the floor", () => {
  expect(sparklinePaths([0, 200], box).line).toBe("M0.0,24.0 L90.0,1.0");
  expect(sparklinePaths([0, 0], { ...box, ceiling: 0 }).line).toBe("M0.0,24.0 L90.0,24.0");
});

test("one value is no line", () => {
  expect(sparklinePaths([3], box)).toEqual({ line: "", area: "" });
});
