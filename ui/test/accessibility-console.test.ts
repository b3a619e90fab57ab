/** The console, and the pages before anybody signs in, without eyes or a mouse. */
import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import { AccessibilityWalk } from "./harness/accessibility-walk.ts";
import { consoleStops, entryStops } from "./tour/stops.ts";

setDefaultTimeout(400_000);

let walk: AccessibilityWalk;
beforeAll(async () => {
  walk = await AccessibilityWalk.start();
}, 180_000);
afterAll(() => walk[Symbol.asyncDispose](), 30_000);

test("pages before signing in have a name for everything, and the Tab key gets on", async () => {
  expect(await walk.findings(await walk.anonymousPage(), entryStops)).toEqual([]);
});

test("the console's lists, dialogs and menus have a name for everything", async () => {
  expect(await walk.findings(await walk.signedInPage(), consoleStops)).toEqual([]);
});
