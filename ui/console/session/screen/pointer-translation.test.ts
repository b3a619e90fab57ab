import { expect, test } from "bun:test";
import { remoteButton, remotePoint, remoteWheel } from "./pointer-translation.ts";

const layout = { x: 1920, y: 100, width: 800, height: 600, monitor: 1, monitors: [] };
const box = { x: 10, y: 20, width: 400, height: 300 };

test("SCREEN-19 a place on the scaled picture is a pixel of the remote desktop, offset by its monitor", () => {
  expect(remotePoint(box, layout, 10, 20)).toEqual({ x: 1920, y: 100 });
  expect(remotePoint(box, layout, 210, 170)).toEqual({ x: 2320, y: 400 });
  expect(remotePoint(box, layout, 409.9, 319.9)).toEqual({ x: 2719, y: 699 });
});

test("a place beside the picture is its nearest edge", () => {
  expect(remotePoint(box, layout, -500, 5000)).toEqual({ x: 1920, y: 699 });
});

test("buttons are numbered as X numbers them", () => {
  expect([0, 1, 2, 3, 4, 5].map(remoteButton)).toEqual([1, 2, 3, 8, 9, null]);
});

test("a notch is 120 whatever the browser counts in", () => {
  const still = { deltaX: 0, wheelDeltaX: 0 };
  expect(remoteWheel({ ...still, deltaY: 53, deltaMode: 0, wheelDeltaY: -120 })).toMatchObject({ deltaY: 120 });
  expect(remoteWheel({ deltaX: 0, deltaY: -3, deltaMode: 1 })).toMatchObject({ deltaY: -120 });
  expect(remoteWheel({ deltaX: 100, deltaY: 0, deltaMode: 0 })).toMatchObject({ deltaX: 120, deltaY: 0 });
});
