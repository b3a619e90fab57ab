/** What a screen reader would be told of a page, as Chromium computes it: its accessibility tree. */
import type { CDPSession, Page } from "playwright-core";

/** What one works with, and what one is told the place of: each needs a name. */
const NAMED_ROLES: ReadonlySet<string> = new Set([
  ...["button", "link", "textbox", "searchbox", "combobox", "listbox", "checkbox", "radio", "switch", "slider"],
  ...["spinbutton", "tab", "menuitem", "menuitemcheckbox", "menuitemradio", "option", "treeitem", "DisclosureTriangle"],
  ...["dialog", "alertdialog", "table", "grid", "treegrid", "image", "img", "tabpanel", "progressbar", "meter"],
  ...["tablist", "menu", "radiogroup", "navigation", "application", "log", "toolbar", "tree"],
]);

interface TreeNode {
  readonly nodeId: string;
  readonly ignored: boolean;
  readonly role?: { readonly value: string };
  readonly name?: { readonly value: string };
  readonly backendDOMNodeId?: number;
  readonly properties?: readonly { readonly name: string; readonly value: { readonly value: unknown } }[];
}

/** A line for each control, picture, table or dialog without a name, and for each focusable thing without a role. */
export async function unnamedControls(page: Page): Promise<readonly string[]> {
  const debug = await page.context().newCDPSession(page);
  try {
    await debug.send("Accessibility.enable");
    const { nodes } = (await debug.send("Accessibility.getFullAXTree")) as { nodes: readonly TreeNode[] };
    const found = nodes.filter((node) => !node.ignored && (lacksName(node) || lacksRole(node)));
    return await Promise.all(found.map(async (node) => `${roleOf(node)}: ${await markupOf(debug, node)}`));
  } finally {
    await debug.detach();
  }
}

const roleOf = ({ role }: TreeNode): string => role?.value ?? "";
const lacksName = (node: TreeNode): boolean => NAMED_ROLES.has(roleOf(node)) && (node.name?.value ?? "").trim() === "";

/** Somebody comes there by the keyboard and is told nothing. */
function lacksRole(node: TreeNode): boolean {
  const isFocusable = node.properties?.some(({ name, value }) => name === "focusable" && value.value === true) === true;
  return isFocusable && roleOf(node) === "generic" && (node.name?.value ?? "").trim() === "";
}

async function markupOf(debug: CDPSession, { backendDOMNodeId }: TreeNode): Promise<string> {
  if (backendDOMNodeId === undefined) return "";
  const { outerHTML } = await debug
    .send("DOM.getOuterHTML", { backendNodeId: backendDOMNodeId })
    .catch(() => ({ outerHTML: "(gone)" }));
  return outerHTML.replaceAll(/\s+/gu, " ").slice(0, 160);
}
