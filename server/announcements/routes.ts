import { Announcement, Announcements as Body, NewAnnouncement } from "../../protocol/api/announcements.ts";
import { Nothing } from "../../protocol/api/common.ts";
import { type Route, route } from "../route.ts";
import type { Announcements } from "./announcements.ts";

const PATH = "/api/login/announcements";

/** What is said to everybody: read by whoever is signed in, said by who may. */
export const announcementRoutes = ({ announcements }: { readonly announcements: Announcements }): Route[] => [
  ...[PATH, "/api/console/announcements"].map((path) =>
    route("GET", path, "signed-in", { response: Body }, async () => ({ announcements: await announcements.running() })),
  ),
  route("POST", PATH, "announcements.make", { body: NewAnnouncement, response: Announcement }, ({ actor, body }) =>
    announcements.make(actor, body),
  ),
  route("DELETE", `${PATH}/:id`, "announcements.make", { response: Nothing }, async ({ actor, params }) => {
    await announcements.end(actor, params["id"]!);
    return {};
  }),
];
