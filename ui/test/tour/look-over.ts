import type { Page } from "playwright-core";

/** What a machine can see of a page's looks, one line each; run in the page, so it is text here. */
const LOOK_OVER = `(() => {
  const found = [];
  const width = Math.min(innerWidth, screen.width);
  const phone = width < 560;
  const wide = document.documentElement.scrollWidth - width;
  if (wide > 0) found.push("wider than the window by " + wide);
  const nameOf = (element) =>
    (element.getAttribute("aria-label") || element.innerText || element.className || element.tagName).toString().trim().slice(0, 50).replaceAll("\\n", " ");
  const isShown = (element) => {
    const box = element.getBoundingClientRect();
    return box.width > 1 && box.height > 1 && element.checkVisibility({ opacityProperty: true, visibilityProperty: true }) && !element.closest("[inert]");
  };
  const scrolls = (element) => {
    for (let at = element.parentElement; at !== null && at !== document.body; at = at.parentElement)
      if (/auto|scroll/u.test(getComputedStyle(at).overflowX) && at.scrollWidth > at.clientWidth + 1) return true;
    return false;
  };
  for (const element of document.querySelectorAll("body *")) {
    if (!isShown(element)) continue;
    const box = element.getBoundingClientRect();
    const style = getComputedStyle(element);
    if (phone && (box.right > width + 1 || box.left < -1) && element.children.length === 0 && !scrolls(element) && box.left < width && style.position !== "fixed" && element.closest("svg") === null)
      found.push("reaches out: " + nameOf(element) + " to " + Math.round(box.right));
    const ownText = [...element.childNodes].some((node) => node.nodeType === 3 && node.data.trim() !== "");
    const isCutAt = (value) => value === "hidden" || value === "clip";
    if (ownText && isCutAt(style.overflowX) && element.scrollWidth > element.clientWidth + 1 && box.width > 4)
      found.push("cut: " + nameOf(element) + " (" + element.clientWidth + " of " + element.scrollWidth + ")");
    if (phone && element.matches("button, a[href], input:not([type=hidden]), select, textarea, summary, [role=tab], [role=menuitem]")) {
      const seen = (element.closest("label") ?? element).getBoundingClientRect();
      const around = getComputedStyle(element, "::before");
      const isReach = around.position === "absolute" && around.content !== "none";
      const reach = (side) => Math.max(seen[side], isReach ? Number.parseFloat(around[side]) || 0 : 0);
      const target = { width: reach("width"), height: reach("height") };
      const inText = element.matches("a") && style.display === "inline";
      if (!inText && !element.matches(".skip") && (target.height < 37.5 || target.width < 37.5))
        found.push("small: " + nameOf(element) + " " + Math.round(target.width) + "x" + Math.round(target.height));
    }
  }
  return [...new Set(found)];
})()`;

/** What overflows, is cut, or is too small to touch on the page as it is. */
export async function lookOver(page: Page): Promise<readonly string[]> {
  return page.evaluate<string[]>(LOOK_OVER);
}
