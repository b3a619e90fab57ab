import { type Actor, deciding } from "../actor.ts";
import type { Audit } from "../audit/audit.ts";
import { auditActor } from "../audit/audit-actor.ts";
import { Nothing } from "../../protocol/api/common.ts";
import { Account, type Area, ChangePassword, SignIn, SocketTicket } from "../../protocol/api/sign-in.ts";
import { AppError, type Refusal } from "../../protocol/errors.ts";
import type { Clock } from "../clock.ts";
import type { Database } from "../database/database.ts";
import type { PolicyBook } from "../policy-book/policy-book.ts";
import { permissionsOf } from "../policy/permissions-of.ts";
import type { Representatives } from "../representatives/representatives.ts";
import { type Route, route } from "../route.ts";
import type { Authentication } from "./authentication.ts";
import { readToken, signInCookie, signOutCookie } from "./cookies.ts";
import type { SignIns } from "./sign-ins.ts";
import type { SocketTickets } from "./socket-tickets.ts";
import { hashToken } from "./token.ts";

/** Anybody may send it, so what the server holds of each is small. A name and a password of 1,024 characters fit. */
const MAX_SIGN_IN_BYTES = 16 << 10;

export interface SignInRoutesNeeds {
  readonly database: Database;
  readonly audit: Audit;
  readonly clock: Clock;
  readonly policyBook: PolicyBook;
  readonly authentication: Authentication;
  readonly signIns: SignIns;
  readonly socketTickets: SocketTickets;
  readonly representatives: Representatives;
}

/** Signing in to and out of both areas, one's own account, the way from /login to /console. */
export function signInRoutes(needs: SignInRoutesNeeds): Route[] {
  return [
    ...areaRoutes("login", needs),
    ...areaRoutes("console", needs),
    ...loginRoutes(needs),
    ...consoleRoutes(needs),
  ];
}

function areaRoutes(area: Area, needs: SignInRoutesNeeds): Route[] {
  const base = `/api/${area}` as const;
  return [
    route(
      "POST",
      `${base}/sign-in`,
      "anyone",
      { body: SignIn, response: Nothing, maxBodyBytes: MAX_SIGN_IN_BYTES },
      async ({ body, request, address, headers }) => {
        const userAgent = userAgentOf(request);
        const token = await needs.authentication.signIn(area, body, { address, userAgent });
        await endEarlier(needs.signIns, request, area);
        headers.append("set-cookie", signInCookie(area, token));
        return {};
      },
    ),
    route("POST", `${base}/sign-out`, "signed-in", { response: Nothing }, async ({ actor, headers }) => {
      await signOut(needs, actor);
      headers.append("set-cookie", signOutCookie(area));
      return {};
    }),
    route("GET", `${base}/account`, "signed-in", { response: Account }, ({ actor }) => account(needs, actor)),
  ];
}

function loginRoutes(needs: SignInRoutesNeeds): Route[] {
  return [
    route(
      "PUT",
      "/api/login/account/password",
      "signed-in",
      { body: ChangePassword, response: Nothing },
      async ({ actor, body, address }) => {
        needs.authentication.throttle(actor.username, address);
        await needs.representatives.changeOwnPassword(actor, body.currentPassword, body.newPassword);
        return {};
      },
    ),
    route(
      "POST",
      "/api/login/launch-console",
      "console.use",
      { response: Nothing },
      async ({ actor, request, address, headers }) => {
        const token = await launchConsole(needs, actor, { address, userAgent: userAgentOf(request) });
        await endEarlier(needs.signIns, request, "console");
        headers.append("set-cookie", signInCookie("console", token));
        return {};
      },
    ),
  ];
}

function consoleRoutes({ socketTickets }: SignInRoutesNeeds): Route[] {
  return [
    route("POST", "/api/console/socket-ticket", "console.use", { response: SocketTicket }, ({ actor }) => ({
      ticket: socketTickets.issue(actor),
    })),
  ];
}

async function account({ clock, policyBook, signIns }: SignInRoutesNeeds, actor: Actor) {
  const signedIn = await signIns.findBySignIn(actor.signIn, actor.area, actor.address);
  if (signedIn === null) throw new AppError("sign_in.required", signedOut.message);
  return {
    id: actor.id,
    username: actor.username,
    displayName: actor.displayName,
    isAdministrator: actor.rights.isAdministrator,
    permissions: permissionsOf(deciding(actor), policyBook.current(), clock.now()),
    signedInAt: signedIn.signedInAt,
    lastSignInAt: signedIn.previousSignInAt,
  };
}

async function signOut({ database, audit, signIns }: SignInRoutesNeeds, actor: Actor): Promise<void> {
  const ended = await database.transaction(async (tx) => {
    const object = { kind: "area", id: actor.area, name: actor.area };
    await audit.record(tx, { action: "sign-out", outcome: "succeeded", actor: auditActor(actor), object });
    return await signIns.endIn(tx, { signIn: actor.signIn });
  });
  signIns.announce(ended, signedOut);
}

async function launchConsole(
  { database, audit, signIns }: SignInRoutesNeeds,
  actor: Actor,
  origin: { readonly address: string; readonly userAgent: string },
): Promise<string> {
  const previousSignInAt = (await signIns.findBySignIn(actor.signIn, "login", actor.address))?.previousSignInAt ?? null;
  return await database.transaction(async (tx) => {
    await signIns.requireIn(tx, actor);
    const object = { kind: "area", id: "console", name: "console" };
    const detail = { from: "login", userAgent: origin.userAgent };
    await audit.record(tx, {
      action: "sign-in.succeeded",
      outcome: "succeeded",
      actor: auditActor(actor),
      object,
      detail,
    });
    return await signIns.create(tx, { representative: actor.id, area: "console", ...origin, previousSignInAt });
  });
}

/** A browser that signs in again gives up the sign-in it had. */
async function endEarlier(signIns: SignIns, request: Request, area: Area): Promise<void> {
  const earlier = readToken(request.headers.get("cookie"), area);
  if (earlier !== null) await signIns.end({ signIn: hashToken(earlier), area }, signedInAgain);
}

const userAgentOf = (request: Request): string => (request.headers.get("user-agent") ?? "").slice(0, 300);

const signedOut: Refusal = { code: "sign_in.required", message: "You have signed out." };
const signedInAgain: Refusal = {
  code: "sign_in.required",
  message: "You signed in again in this browser, which ended the earlier sign-in.",
};
