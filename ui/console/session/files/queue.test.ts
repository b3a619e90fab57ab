import { expect, test } from "bun:test";
import { TransferQueue } from "./queue.ts";

test("BETTER-04 BETTER-11 so many run at once, the rest in order, and each end starts the next", () => {
  const started: string[] = [];
  const queue = new TransferQueue(2, (id) => started.push(id));
  for (const id of ["a", "b", "c", "d"]) queue.add(id);
  expect(started).toEqual(["a", "b"]);
  queue.remove("c");
  queue.remove("a");
  expect(started).toEqual(["a", "b", "d"]);
  expect(queue.runningCount).toBe(2);
});

test("one is never started twice, and removing what is not there changes nothing", () => {
  const started: string[] = [];
  const queue = new TransferQueue(1, (id) => started.push(id));
  for (const id of ["a", "a", "b", "b"]) queue.add(id);
  queue.remove("x");
  queue.remove("a");
  queue.add("b");
  queue.remove("b");
  expect([started, queue.runningCount]).toEqual([["a", "b"], 0]);
  queue.add("a");
  expect(started).toEqual(["a", "b", "a"]);
});
