import { ChangeUser, CreateUser, User, Users } from "../../protocol/api/administration.ts";
import { Nothing } from "../../protocol/api/common.ts";
import { type Route, route } from "../route.ts";
import type { Representatives } from "./representatives.ts";

/** /api/login/users. */
export function representativeRoutes(representatives: Representatives): Route[] {
  return [
    route("GET", "/api/login/users", "users.view", { response: Users }, async () => ({
      users: await representatives.list(),
    })),
    route("POST", "/api/login/users", "users.edit", { body: CreateUser, response: User }, ({ actor, body }) =>
      representatives.create(actor, body),
    ),
    route(
      "PATCH",
      "/api/login/users/:id",
      "users.edit",
      { body: ChangeUser, response: User },
      ({ actor, params, body }) => representatives.change(actor, params["id"]!, body),
    ),
    route("DELETE", "/api/login/users/:id", "users.edit", { response: Nothing }, async ({ actor, params }) => {
      await representatives.delete(actor, params["id"]!);
      return {};
    }),
    route("POST", "/api/login/users/:id/sign-out", "users.edit", { response: Nothing }, async ({ actor, params }) => {
      await representatives.signOut(actor, params["id"]!);
      return {};
    }),
  ];
}
