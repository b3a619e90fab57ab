import { expect, test } from "bun:test";
import { AtOnce } from "./at-once.ts";

test("so many wait for one provider at once, the next is told, and another provider's go on", async () => {
  const asking = new AtOnce(2, "Many are waiting.");
  const { promise, resolve } = Promise.withResolvers<string>();
  const running = [asking.run("slow", () => promise), asking.run("slow", () => promise)];
  const refused = { code: "request.too_many", message: "Many are waiting." };
  expect(await asking.run("slow", () => promise).catch((error: unknown) => error)).toMatchObject(refused);
  expect(await asking.run("other", () => Promise.resolve("here"))).toBe("here");
  resolve("done");
  expect(await Promise.all(running)).toEqual(["done", "done"]);
  for (let round = 0; round < 5; round += 1) {
    const failed = await asking.run("slow", () => Promise.reject(new Error("down"))).catch((error: unknown) => error);
    expect(failed).toMatchObject({ message: "down" });
  }
  expect(await asking.run("slow", () => Promise.resolve("again"))).toBe("again");
});
