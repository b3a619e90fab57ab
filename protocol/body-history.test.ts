import { expect, test } from "bun:test";
import { BODY_HISTORY_BYTES, BodyHistory } from "./body-history.ts";

test("the end of all bodies is remembered, and no more than a deflate stream reaches", () => {
  const history = new BodyHistory();
  expect(history.isEmpty).toBe(true);
  history.remember(Uint8Array.of(1, 2, 3));
  history.remember(Uint8Array.of(4, 5));
  expect([...history.bytes]).toEqual([1, 2, 3, 4, 5]);
  history.remember(new Uint8Array(BODY_HISTORY_BYTES - 3).fill(9));
  expect(history.bytes.length).toBe(BODY_HISTORY_BYTES);
  expect([...history.bytes.subarray(0, 4)]).toEqual([3, 4, 5, 9]);
  history.remember(Uint8Array.from({ length: BODY_HISTORY_BYTES + 7 }, (_, index) => index % 251));
  expect(history.bytes[0]).toBe(7);
});

test("a copy goes its own way, and a cleared one holds nothing", () => {
  const history = new BodyHistory();
  history.remember(Uint8Array.of(1, 2));
  const copy = history.clone();
  history.clear();
  expect(history.bytes.length).toBe(0);
  copy.remember(Uint8Array.of(3));
  expect([...copy.bytes]).toEqual([1, 2, 3]);
});
