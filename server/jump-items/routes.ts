import { JumpGroupChoicesQuery } from "../../protocol/api/administration.ts";
import {
  JumpGroupBranch,
  JumpGroupTree,
  JumpGroupTreeQuery,
  JumpItemDetail,
  JumpItemQuery,
  JumpItemRows,
} from "../../protocol/api/console.ts";
import { Nothing } from "../../protocol/api/common.ts";
import {
  ChangeJumpItems,
  ChangeJumpItemSettings,
  JumpItemChoices,
  JumpItemSettings,
  StartNeeds,
} from "../../protocol/api/jump-items.ts";
import { type Route, route } from "../route.ts";
import type { JumpGroupsInSight } from "./jump-group-tree.ts";
import type { JumpItemEdits } from "./jump-item-edits.ts";
import type { SiteJumpItemSettings } from "./jump-item-settings.ts";
import type { JumpItems } from "./jump-items.ts";

const PATH = "/api/console/jump-items";
const TREE = "/api/console/jump-groups";
const SETTINGS = "/api/login/jump-item-settings";

/** What the console's home asks beside its socket. */
export const jumpItemRoutes = (jumpItems: JumpItems, edits: JumpItemEdits, settings: SiteJumpItemSettings): Route[] => [
  route("GET", SETTINGS, "settings.view", { response: JumpItemSettings }, () => settings.read()),
  route(
    "PATCH",
    SETTINGS,
    "settings.edit",
    { body: ChangeJumpItemSettings, response: JumpItemSettings },
    ({ body, actor }) => settings.change(body, actor),
  ),
  route("GET", PATH, "jump-items.view", { query: JumpItemQuery, response: JumpItemRows }, ({ query, actor }) =>
    jumpItems.list(query, actor),
  ),
  route(
    "GET",
    `${PATH}/choices`,
    "jump-items.view",
    { query: JumpGroupChoicesQuery, response: JumpItemChoices },
    ({ query, actor }) => edits.choices(actor, query.search ?? ""),
  ),
  route("PATCH", PATH, "jump-items.view", { body: ChangeJumpItems, response: Nothing }, async ({ body, actor }) => {
    await edits.change(body, actor);
    return {};
  }),
  route("GET", `${PATH}/:id/start`, "session.start", { response: StartNeeds }, ({ params, actor }) =>
    jumpItems.startNeeds(params["id"]!, actor),
  ),
  route("GET", `${PATH}/:id`, "jump-items.view", { response: JumpItemDetail }, ({ params, actor }) =>
    jumpItems.detail(params["id"]!, actor),
  ),
  route("DELETE", `${PATH}/:id`, "jump-items.remove", { response: Nothing }, async ({ params, actor }) => {
    await jumpItems.remove(params["id"]!, actor);
    return {};
  }),
  ...treeRoutes(jumpItems.jumpGroups),
];

const treeRoutes = (inSight: JumpGroupsInSight): Route[] => [
  route("GET", TREE, "jump-items.view", { query: JumpGroupTreeQuery, response: JumpGroupTree }, ({ query, actor }) =>
    inSight.tree(query, actor),
  ),
  route("GET", `${TREE}/:id`, "jump-items.view", { response: JumpGroupBranch }, ({ params, actor }) =>
    inSight.branch(params["id"]!, actor),
  ),
];
