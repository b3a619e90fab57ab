/** Signing in to and out of both areas, step by step, and the way from /login to /console. */
import type { Static } from "@sinclair/typebox";
import type { Actor } from "../actor.ts";
import { Nothing } from "../../protocol/api/common.ts";
import {
  AskResetLink,
  AuthenticatorAppSecret,
  NewPassword,
  PasskeyOptionsWish,
  ResetPassword,
  SecondProof,
  SignInAnswer,
  SignInMethods,
  StepToken,
  WebAuthnCredential,
  WebAuthnOptions,
} from "../../protocol/api/own-account.ts";
import { type SignInRow, SignInRows } from "../../protocol/api/security.ts";
import { type Area, SignIn, SocketTicket } from "../../protocol/api/sign-in.ts";
import { AppError, type Refusal } from "../../protocol/errors.ts";
import { auditActor } from "../audit/audit-actor.ts";
import type { Audit } from "../audit/audit.ts";
import type { Database } from "../database/database.ts";
import { type Route, route } from "../route.ts";
import type { SignInParts } from "./open-sign-in.ts";
import { readToken, signInCookie, signOutCookie } from "./cookies.ts";
import type { FlowAnswer } from "./sign-in-flow.ts";
import type { SignIns } from "./sign-ins.ts";
import type { SocketTickets } from "./socket-tickets.ts";
import type { ListedSignIn } from "./store.ts";
import { hashToken } from "./token.ts";

/** Anybody may send it, so what the server holds of each is small. A name and a password of 1,024 characters fit. */
const MAX_SIGN_IN_BYTES = 16 << 10;
/** A credential with its attestation. */
const MAX_CREDENTIAL_BYTES = 256 << 10;

export interface SignInRoutesNeeds extends SignInParts {
  readonly database: Database;
  readonly audit: Audit;
  readonly signIns: SignIns;
  readonly socketTickets: SocketTickets;
}

export function signInRoutes(needs: SignInRoutesNeeds): Route[] {
  return [
    route("GET", "/api/sign-in-methods", "anyone", { response: SignInMethods, isPublic: true }, () =>
      needs.methods.offered(),
    ),
    ...areaRoutes("login", needs),
    ...areaRoutes("console", needs),
    ...stepRoutes("login", needs),
    ...stepRoutes("console", needs),
    ...resetRoutes(needs),
    ...listRoutes(needs),
    ...launchRoutes(needs),
    route("POST", "/api/console/socket-ticket", "console.use", { response: SocketTicket }, ({ actor }) => ({
      ticket: needs.socketTickets.issue(actor),
    })),
  ];
}

function areaRoutes(area: Area, needs: SignInRoutesNeeds): Route[] {
  const base = `/api/${area}` as const;
  const { authentication } = needs;
  return [
    route(
      "POST",
      `${base}/sign-in`,
      "anyone",
      { body: SignIn, response: SignInAnswer, maxBodyBytes: MAX_SIGN_IN_BYTES },
      async ({ body, ...asked }) =>
        follow(needs, area, asked, await authentication.withPassword(area, body, originOf(area, asked))),
    ),
    route(
      "POST",
      `${base}/sign-in/passkey-options`,
      "anyone",
      { body: PasskeyOptionsWish, response: WebAuthnOptions, maxBodyBytes: MAX_SIGN_IN_BYTES },
      async ({ body, ...asked }) => ({
        options: await authentication.passkeyOptions(area, body.token ?? null, originOf(area, asked)),
      }),
    ),
    route(
      "POST",
      `${base}/sign-in/passkey`,
      "anyone",
      { body: WebAuthnCredential, response: SignInAnswer, maxBodyBytes: MAX_CREDENTIAL_BYTES },
      async ({ body, ...asked }) =>
        follow(needs, area, asked, await authentication.withPasskey(area, body.credential, originOf(area, asked))),
    ),
    route("POST", `${base}/sign-out`, "signed-in", { response: Nothing }, async ({ actor, headers }) => {
      await signOut(needs, actor);
      headers.append("set-cookie", signOutCookie(area));
      return {};
    }),
  ];
}

function stepRoutes(area: Area, needs: SignInRoutesNeeds): Route[] {
  const base = `/api/${area}/sign-in` as const;
  const { flow } = needs;
  return [
    route(
      "POST",
      `${base}/second-proof`,
      "anyone",
      { body: SecondProof, response: SignInAnswer, maxBodyBytes: MAX_CREDENTIAL_BYTES },
      async ({ body, ...asked }) =>
        follow(needs, area, asked, await flow.secondProof(area, body, originOf(area, asked))),
    ),
    route(
      "POST",
      `${base}/enrol-app`,
      "anyone",
      { body: StepToken, response: AuthenticatorAppSecret, maxBodyBytes: MAX_SIGN_IN_BYTES },
      ({ body }) => flow.enrolApp(area, body.token),
    ),
    route(
      "POST",
      `${base}/new-password`,
      "anyone",
      { body: NewPassword, response: SignInAnswer, maxBodyBytes: MAX_SIGN_IN_BYTES },
      async ({ body, ...asked }) =>
        follow(needs, area, asked, await flow.newPassword(area, body.token, body.password, originOf(area, asked))),
    ),
  ];
}

function resetRoutes({ resetLinks }: SignInRoutesNeeds): Route[] {
  return [
    route(
      "POST",
      "/api/login/reset-link",
      "anyone",
      { body: AskResetLink, response: Nothing, maxBodyBytes: MAX_SIGN_IN_BYTES },
      async ({ body, address }) => {
        await resetLinks.ask(body.username, address);
        return {};
      },
    ),
    route(
      "POST",
      "/api/login/reset-password",
      "anyone",
      { body: ResetPassword, response: Nothing, maxBodyBytes: MAX_SIGN_IN_BYTES },
      async ({ body, address }) => {
        await resetLinks.use(body.token, body.password, address);
        return {};
      },
    ),
    route("POST", "/api/login/users/:id/reset-link", "users.edit", { response: Nothing }, async ({ actor, params }) => {
      await resetLinks.send(actor, params["id"]!);
      return {};
    }),
  ];
}

/** Who is signed in; ending a sign-in closes its sockets at once. */
function listRoutes({ database, audit, signIns }: SignInRoutesNeeds): Route[] {
  return [
    route("GET", "/api/login/sign-ins", "sign-ins.view", { response: SignInRows }, async ({ actor }) => ({
      signIns: (await signIns.list()).map((listed) => toRow(listed, actor)),
    })),
    route("DELETE", "/api/login/sign-ins/:id", "sign-ins.end", { response: Nothing }, async ({ actor, params }) => {
      const ended = await database.transaction(async (tx) => {
        await signIns.requireIn(tx, actor);
        const gone = await signIns.endIn(tx, { id: params["id"]! });
        const [one] = gone;
        if (one === undefined) throw new AppError("not_found", "This sign-in has ended already.");
        const object = { kind: "user", id: one.representative, name: one.area };
        const by = { actor: auditActor(actor), object } as const;
        await audit.record(tx, { action: "sign-in.ended", outcome: "succeeded", ...by, detail: { area: one.area } });
        return gone;
      });
      signIns.announce(ended, endedByAdministrator);
      return {};
    }),
  ];
}

function toRow(listed: ListedSignIn, actor: Actor): Static<typeof SignInRow> {
  const { id, representative: user, name, username, area, method, address, userAgent, signedInAt, lastSeenAt } = listed;
  const when = { signedInAt, lastSeenAt, isOwn: listed.signIn === actor.signIn };
  return { id, user, name, username, area, method, address, userAgent, ...when };
}

function launchRoutes(needs: SignInRoutesNeeds): Route[] {
  return [
    route("POST", "/api/login/launch-console", "console.use", { response: Nothing }, async ({ actor, ...asked }) => {
      const token = await needs.admission.open(actor, "console", originOf("console", asked));
      await endEarlier(needs.signIns, asked.request, "console");
      asked.headers.append("set-cookie", signInCookie("console", token));
      return {};
    }),
  ];
}

interface Asked {
  readonly request: Request;
  readonly address: string;
  readonly headers: Headers;
}

/** Sets the cookie once somebody is in. A browser that signs in again gives up the sign-in it had. */
async function follow(
  { signIns }: SignInRoutesNeeds,
  area: Area,
  { request, headers }: Asked,
  { answer, token }: FlowAnswer,
): Promise<SignInAnswer> {
  if (token === null) return answer;
  await endEarlier(signIns, request, area);
  headers.append("set-cookie", signInCookie(area, token));
  return answer;
}

async function signOut({ database, audit, signIns }: SignInRoutesNeeds, actor: Actor): Promise<void> {
  const ended = await database.transaction(async (tx) => {
    const object = { kind: "area", id: actor.area, name: actor.area };
    await audit.record(tx, { action: "sign-out", outcome: "succeeded", actor: auditActor(actor), object });
    return await signIns.endIn(tx, { signIn: actor.signIn });
  });
  signIns.announce(ended, signedOut);
}

async function endEarlier(signIns: SignIns, request: Request, area: Area): Promise<void> {
  const earlier = earlierOf(area, request);
  if (earlier !== null) await signIns.end({ signIn: earlier, area }, signedInAgain);
}

function earlierOf(area: Area, request: Request): string | null {
  const token = readToken(request.headers.get("cookie"), area);
  return token === null ? null : hashToken(token);
}

const originOf = (area: Area, { request, address }: Asked) => ({
  address,
  userAgent: (request.headers.get("user-agent") ?? "").slice(0, 300),
  replaces: earlierOf(area, request),
});

const signedOut: Refusal = { code: "sign_in.required", message: "You have signed out." };
const signedInAgain: Refusal = {
  code: "sign_in.required",
  message: "You signed in again in this browser, which ended the earlier sign-in.",
};
const endedByAdministrator: Refusal = {
  code: "sign_in.required",
  message: "An administrator ended this sign-in. Sign in again.",
};
