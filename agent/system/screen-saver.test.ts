import { expect, test } from "bun:test";
import { startVirtualDisplay } from "../test/virtual-display.ts";
import { readIsScreenSaverOn } from "./screen-saver.ts";

test("JUMP-32 a screen saver that comes on is seen, and that it goes, too", async () => {
  await using display = await startVirtualDisplay();
  expect(await readIsScreenSaverOn(display.address)).toBe(false);
  await display.run(["xset", "s", "activate"]);
  expect(await readIsScreenSaverOn(display.address)).toBe(true);
  await display.run(["xset", "s", "reset"]);
  expect(await readIsScreenSaverOn(display.address)).toBe(false);
});

test("a display that is not there, or stands still, is not known, and holds nobody up", async () => {
  expect(await readIsScreenSaverOn({ display: ":59999", authority: null })).toBeNull();
  expect(await readIsScreenSaverOn({ display: "elsewhere:0", authority: null })).toBeNull();
  const still = Bun.listen({ unix: "/tmp/.X11-unix/X59998", socket: { data: () => undefined } });
  const begun = performance.now();
  expect(await readIsScreenSaverOn({ display: ":59998", authority: null })).toBeNull();
  expect(performance.now() - begun).toBeLessThan(3000);
  still.stop(true);
});
