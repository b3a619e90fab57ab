/** The appliance's pages without eyes or a mouse. */
import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import { AccessibilityWalk } from "./harness/accessibility-walk.ts";
import { standInAppliance } from "./tour/appliance-answers.ts";
import { applianceStops } from "./tour/stops.ts";

setDefaultTimeout(400_000);

let walk: AccessibilityWalk;
beforeAll(async () => {
  walk = await AccessibilityWalk.start();
}, 180_000);
afterAll(() => walk[Symbol.asyncDispose](), 30_000);

test("the appliance's pages and dialogs have a name for everything, and the Tab key gets on", async () => {
  const page = await walk.signedInPage();
  await standInAppliance(page);
  expect(await walk.findings(page, applianceStops)).toEqual([]);
});
