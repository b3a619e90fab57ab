/**
 * Paths have one spelling (NA7, NA34). Whatever another program between us and the browser might read differently, an
 * empty part, a slash, dot or backslash in disguise, a parameter after a semicolon, is no path of ours. Plain dot parts
 * never reach us: Bun resolves them in `request.url`. Pure.
 */
const DISGUISE = /\/\/|[;\\]|%2f|%5c|%2e|%25|%00|%3b/iu;

/** Whether a URL's path is in its one spelling; the root alone ends in a slash. */
export function isPlainPath(path: string): boolean {
  if (path !== "/" && path.endsWith("/")) return false;
  if (DISGUISE.test(path)) return false;
  return !path.split("/").some((part) => part === "." || part === "..");
}

/** The path as it was sent, without the query. */
export function pathOf(url: string): string {
  const start = url.indexOf("/", url.indexOf("://") + 3);
  const end = url.slice(start).search(/[?#]/u);
  return start === -1 ? "/" : end === -1 ? url.slice(start) : url.slice(start, start + end);
}
