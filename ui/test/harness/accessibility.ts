import type { Page } from "playwright-core";

const AXE = "node_modules/axe-core/axe.min.js";

/** Rules that are not ours to keep: a menu floats at the end of the page, outside every landmark. */
const LEFT_OUT = ["region"];

/** What axe-core finds wrong on the page as it stands: a line for each finding, none when all is well. */
export async function accessibilityFindings(page: Page): Promise<readonly string[]> {
  const source = await Bun.file(AXE).text();
  // A colour on its way from one state to the next has the contrast of neither. What never ends is a sign of work.
  await page.evaluate(async () => {
    const ending = document.getAnimations().filter((one) => one.effect?.getComputedTiming().endTime !== Infinity);
    await Promise.allSettled(ending.map((one) => one.finished));
  });
  // The page's security policy forbids scripts of others; the debugger is not the page.
  const debug = await page.context().newCDPSession(page);
  await debug.send("Runtime.evaluate", { expression: source });
  const rules = JSON.stringify(Object.fromEntries(LEFT_OUT.map((rule) => [rule, { enabled: false }])));
  const { result } = await debug.send("Runtime.evaluate", {
    expression: `axe.run(document, { rules: ${rules} }).then(({ violations }) =>
      violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => id + ": " + html.slice(0, 200))))`,
    awaitPromise: true,
    returnByValue: true,
  });
  await debug.detach();
  return result.value as string[];
}
