/** Browsers that are too old for our pages (LOGIN-03). */

/** Asked of the browser itself, not of what it calls itself: the newest things without which a page stands still. */
function isCurrentBrowser(): boolean {
  return "withResolvers" in Promise && "any" in AbortSignal && "popover" in HTMLElement.prototype;
}

/**
 * Takes away the notice that index.html holds, or shows it at once where this browser is too old. A browser that cannot
 * even read our scripts shows it by itself after a while.
 * @returns whether the page can go on
 */
export function takesBrowser(): boolean {
  const notice = document.querySelector("#old-browser");
  const isCurrent = isCurrentBrowser();
  if (isCurrent) notice?.remove();
  else notice?.classList.add("is-shown");
  return isCurrent;
}
