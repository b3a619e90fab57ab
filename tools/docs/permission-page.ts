/** docs/permissions.md: which permission each route, message and request to a tool asks for, made from their own lines. */
import { messages, tools } from "../../protocol/messages.ts";
import { permissionNames, permissions, wordsOfPermission } from "../../protocol/permissions.ts";
import type { ListedRoute } from "./every-route.ts";
import { code, table } from "./table.ts";

const HEAD = `# Who may do what

Made from the source by \`make docs\`; \`make check\` fails when it is stale. How a permission is decided is told in
[decision 0006](decisions/0006-policies.md); [server/policy/decide.ts](../server/policy/decide.ts) decides.

A route that is about a Jump Item or a session is let in where its permission is held with some Jump Item; its handler asks
again about the one it is about. \`server/test/permission-matrix.test.ts\` and \`server/gateway/console-tools.test.ts\` try
every line below with its permission alone and with every other one.`;

const nameOf = ({ method, path }: ListedRoute): string => `${method} ${path}`;

/** By path, then by method, each line once. */
const sorted = (routes: readonly ListedRoute[]): ListedRoute[] =>
  routes.toSorted((one, other) => one.path.localeCompare(other.path) || one.method.localeCompare(other.method));

/** The whole page. */
export function permissionPage(routes: readonly ListedRoute[]): string {
  return [
    HEAD,
    "## By permission",
    byPermission(sorted(routes)),
    "## Routes",
    table(
      ["route", "asks for"],
      sorted(routes).map((route) => [code(nameOf(route)), wordOf(route)]),
    ),
    "## Messages of a console",
    table(
      ["message", "asks for"],
      consoleMessages().map(([type, { access }]) => [code(type), access]),
    ),
    "## Requests to tools",
    table(
      ["request", "asks for"],
      consoleTools().map(([type, { access }]) => [code(type), access ?? ""]),
    ),
    "",
  ].join("\n\n");
}

const consoleMessages = () =>
  Object.entries(messages).filter(([, { from }]) => from.some((peer) => peer === "console"));
const consoleTools = () => Object.entries(tools).filter(([, { access }]) => access !== null);

function wordOf({ access, callers }: ListedRoute): string {
  if (access === "anyone") return callers === "programs" ? "a program's token" : "nothing";
  return access === "signed-in" ? "to be signed in" : access;
}

/** What each permission opens; one that opens nothing yet says so. */
function byPermission(routes: readonly ListedRoute[]): string {
  const rows = permissionNames.map((name) => {
    const { needs, isForLater } = wordsOfPermission(name);
    const opened = [
      ...routes.filter(({ access }) => access === name).map(nameOf),
      ...consoleMessages().flatMap(([type, { access }]) => (access === name ? [type] : [])),
      ...consoleTools().flatMap(([type, { access }]) => (access === name ? [type] : [])),
    ];
    const nothing = isForLater === true ? "a tool of a later release" : "no route of its own";
    const opens = opened.length === 0 ? nothing : opened.map(code).join(", ");
    return [code(name), permissions[name].scope, needs ?? "", opens];
  });
  return table(["permission", "granted by", "needs", "opens"], rows);
}
