import { Nothing } from "../../protocol/api/common.ts";
import { AuthenticatorAppSecret, ConfirmAuthenticatorApp } from "../../protocol/api/own-account.ts";
import type { Actor } from "../actor.ts";
import { type Route, route } from "../route.ts";
import type { EndUserProofs } from "./end-user-proofs.ts";

const PATH = "/api/console/jump-items/:id/end-user-proof";
const NEEDS = "jump-items.edit-connectivity";

/** Who sets up and removes the end user's authenticator app; `mayChange` throws for whoever may not here. */
export const endUserProofRoutes = (
  proofs: EndUserProofs,
  mayChange: (jumpItem: string, actor: Actor, permission: typeof NEEDS) => Promise<void>,
): Route[] => [
  route("POST", PATH, NEEDS, { response: AuthenticatorAppSecret }, async ({ params, actor }) => {
    await mayChange(params["id"]!, actor, NEEDS);
    return await proofs.begin(params["id"]!);
  }),
  route("PUT", PATH, NEEDS, { body: ConfirmAuthenticatorApp, response: Nothing }, async ({ params, body, actor }) => {
    await mayChange(params["id"]!, actor, NEEDS);
    await proofs.confirm(params["id"]!, body.code, actor);
    return {};
  }),
  route("DELETE", PATH, NEEDS, { response: Nothing }, async ({ params, actor }) => {
    await mayChange(params["id"]!, actor, NEEDS);
    await proofs.remove(params["id"]!, actor);
    return {};
  }),
];
