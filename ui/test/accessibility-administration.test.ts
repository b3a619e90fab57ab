/** Administration without eyes or a mouse. */
import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import { AccessibilityWalk } from "./harness/accessibility-walk.ts";
import { administrationStops } from "./tour/stops.ts";

setDefaultTimeout(400_000);

let walk: AccessibilityWalk;
beforeAll(async () => {
  walk = await AccessibilityWalk.start();
}, 180_000);
afterAll(() => walk[Symbol.asyncDispose](), 30_000);

test("administration's pages, panels and dialogs have a name for everything, and the Tab key gets on", async () => {
  expect(await walk.findings(await walk.signedInPage(), administrationStops)).toEqual([]);
});
