/** Signing in to /appliance, one's own account there, and who else administers it. */
import {
  AddApplianceAdministrator,
  AdministratorWithCode,
  ApplianceAccount,
  ApplianceAdministrators as Rows,
  ApplianceSecondProof,
  ApplianceSignInAnswer,
  ApplianceSignInRows,
  ApplianceStart,
  ConfirmApplianceApp,
  OwnPassword,
  ResetApplianceAdministrator,
} from "../../protocol/api/appliance/access.ts";
import { Nothing } from "../../protocol/api/common.ts";
import { AuthenticatorAppSecret } from "../../protocol/api/own-account.ts";
import { ChangePassword, SignIn } from "../../protocol/api/sign-in.ts";
import { AppError } from "../../protocol/errors.ts";
import { auditActor } from "../audit/audit-actor.ts";
import type { Audit } from "../audit/audit.ts";
import type { Database } from "../database/database.ts";
import { type Route, route } from "../route.ts";
import type { SiteSecurity } from "../security/site-security.ts";
import type { SiteSettings } from "../settings/settings.ts";
import { readToken, signInCookie, signOutCookie } from "../sign-in/cookies.ts";
import { passwordRulesText } from "../sign-in/password-rules.ts";
import { hashToken } from "../sign-in/token.ts";
import type { ApplianceAccess } from "./open-appliance-access.ts";
import { type ApplianceSignIns, IDLE_MINUTES } from "./sign-ins.ts";
import { findAdministrator } from "./store.ts";

/** Anybody may send it, so what the server holds of each is small. */
const MAX_SIGN_IN_BYTES = 16 << 10;
/** A sign-in's name on the page: enough of its hash to tell it from others. */
const SIGN_IN_ID_LENGTH = 22;

export interface ApplianceAccessRoutesNeeds {
  readonly database: Database;
  readonly audit: Audit;
  readonly settings: SiteSettings;
  readonly security: SiteSecurity;
  readonly applianceAccess: ApplianceAccess;
  readonly applianceSignIns: ApplianceSignIns;
}

export function applianceAccessRoutes(needs: ApplianceAccessRoutesNeeds): Route[] {
  return [...entryRoutes(needs), ...accountRoutes(needs), ...administratorRoutes(needs), ...signInRoutes(needs)];
}

function entryRoutes(needs: ApplianceAccessRoutesNeeds): Route[] {
  const { administrators, authentication } = needs.applianceAccess;
  return [
    route("GET", "/api/appliance/start", "anyone", { response: ApplianceStart, isPublic: true }, async () => {
      const { hostname, siteName } = await needs.settings.read();
      const hasAdministrator = await administrators.areAny();
      return {
        hostname,
        siteName,
        hasAdministrator,
        // Earlier passwords are remembered for accounts of the site alone.
        passwordRules: passwordRulesText({ ...needs.security.current().passwords, historyCount: 0 }),
      };
    }),
    route(
      "POST",
      "/api/appliance/sign-in",
      "anyone",
      { body: SignIn, response: ApplianceSignInAnswer, maxBodyBytes: MAX_SIGN_IN_BYTES },
      async ({ body, ...asked }) => {
        const { answer, token } = await authentication.withPassword(body.username, body.password, originOf(asked));
        if (token !== null) await enter(needs, asked, token);
        return answer;
      },
    ),
    route(
      "POST",
      "/api/appliance/sign-in/second-proof",
      "anyone",
      { body: ApplianceSecondProof, response: ApplianceSignInAnswer, maxBodyBytes: MAX_SIGN_IN_BYTES },
      async ({ body, ...asked }) => {
        const { answer, token } = await authentication.withAppCode(body.token, body.code, originOf(asked));
        if (token !== null) await enter(needs, asked, token);
        return answer;
      },
    ),
    route(
      "POST",
      "/api/appliance/with-code",
      "anyone",
      { body: AdministratorWithCode, response: Nothing, maxBodyBytes: MAX_SIGN_IN_BYTES },
      async ({ body, ...asked }) => {
        await enter(needs, asked, await authentication.withConsoleCode(body, originOf(asked)));
        return {};
      },
    ),
    route("POST", "/api/appliance/sign-out", "appliance", { response: Nothing }, async ({ actor, headers }) => {
      await needs.database.transaction(async (tx) => {
        await needs.applianceSignIns.end(tx, actor.signIn);
        const object = { kind: "area", id: "appliance", name: "appliance" };
        await needs.audit.record(tx, { action: "sign-out", outcome: "succeeded", actor: auditActor(actor), object });
      });
      headers.append("set-cookie", signOutCookie("appliance"));
      return {};
    }),
  ];
}

function accountRoutes({ database, applianceAccess, applianceSignIns }: ApplianceAccessRoutesNeeds): Route[] {
  const { ownProofs } = applianceAccess;
  return [
    route("GET", "/api/appliance/account", "appliance", { response: ApplianceAccount }, async ({ actor }) =>
      database.transaction(async (tx) => {
        const { createdAt } = await applianceSignIns.requireIn(tx, actor);
        const found = await findAdministrator(tx, actor.id);
        return {
          ...{
            id: actor.id,
            username: actor.username,
            hasAuthenticatorApp: (found?.authenticatorApp ?? null) !== null,
          },
          ...{ signedInAt: createdAt, lastSignInAt: found?.lastSignInAt ?? null, idleSignOutMinutes: IDLE_MINUTES },
        };
      }),
    ),
    route(
      "PUT",
      "/api/appliance/account/password",
      "appliance",
      { body: ChangePassword, response: Nothing },
      async ({ actor, body }) => {
        await ownProofs.changePassword(actor, body.currentPassword, body.newPassword);
        return {};
      },
    ),
    route(
      "POST",
      "/api/appliance/account/authenticator-app",
      "appliance",
      { response: AuthenticatorAppSecret },
      ({ actor }) => ownProofs.beginApp(actor),
    ),
    route(
      "PUT",
      "/api/appliance/account/authenticator-app",
      "appliance",
      { body: ConfirmApplianceApp, response: Nothing },
      async ({ actor, body }) => {
        await ownProofs.confirmApp(actor, body.code);
        return {};
      },
    ),
    route(
      "POST",
      "/api/appliance/account/authenticator-app/remove",
      "appliance",
      { body: OwnPassword, response: Nothing },
      async ({ actor, body }) => {
        await ownProofs.removeApp(actor, body.ownPassword);
        return {};
      },
    ),
  ];
}

function administratorRoutes({ applianceAccess: { administrators } }: ApplianceAccessRoutesNeeds): Route[] {
  const base = "/api/appliance/administrators";
  return [
    route("GET", base, "appliance", { response: Rows }, async ({ actor }) => ({
      administrators: await administrators.list(actor),
    })),
    route(
      "POST",
      base,
      "appliance",
      { body: AddApplianceAdministrator, response: Nothing },
      async ({ actor, body }) => {
        await administrators.add(actor, body);
        return {};
      },
    ),
    route(
      "POST",
      `${base}/:id/reset`,
      "appliance",
      { body: ResetApplianceAdministrator, response: Nothing },
      async ({ actor, params, body }) => {
        await administrators.reset(actor, params["id"]!, body);
        return {};
      },
    ),
    route(
      "POST",
      `${base}/:id/remove`,
      "appliance",
      { body: OwnPassword, response: Nothing },
      async ({ actor, params, body }) => {
        await administrators.remove(actor, params["id"]!, body.ownPassword);
        return {};
      },
    ),
  ];
}

function signInRoutes({ database, audit, applianceSignIns }: ApplianceAccessRoutesNeeds): Route[] {
  return [
    route("GET", "/api/appliance/sign-ins", "appliance", { response: ApplianceSignInRows }, async ({ actor }) => ({
      signIns: (await applianceSignIns.list()).map((found) => ({
        ...{ id: found.hash.slice(0, SIGN_IN_ID_LENGTH), username: found.username, address: found.address },
        ...{ userAgent: found.userAgent, signedInAt: found.createdAt, lastSeenAt: found.lastSeenAt },
        isOwn: found.hash === actor.signIn,
      })),
    })),
    route("DELETE", "/api/appliance/sign-ins/:id", "appliance", { response: Nothing }, async ({ actor, params }) => {
      const found = (await applianceSignIns.list()).find(
        ({ hash }) => hash.slice(0, SIGN_IN_ID_LENGTH) === params["id"],
      );
      if (found === undefined) throw new AppError("not_found", "This sign-in has ended already.");
      await database.transaction(async (tx) => {
        await applianceSignIns.requireIn(tx, actor);
        await applianceSignIns.end(tx, found.hash);
        const object = { kind: "appliance-administrator", id: found.administrator, name: found.username };
        const by = { actor: auditActor(actor), object, detail: { area: "appliance" } } as const;
        await audit.record(tx, { action: "sign-in.ended", outcome: "succeeded", ...by });
      });
      return {};
    }),
  ];
}

interface Asked {
  readonly request: Request;
  readonly address: string;
  readonly headers: Headers;
}

const originOf = ({ request, address }: Asked) => ({
  address,
  userAgent: (request.headers.get("user-agent") ?? "").slice(0, 300),
});

/** Sets the cookie. A browser that signs in again gives up the sign-in it had. */
async function enter({ database, applianceSignIns }: ApplianceAccessRoutesNeeds, asked: Asked, token: string) {
  const earlier = readToken(asked.request.headers.get("cookie"), "appliance");
  if (earlier !== null) await database.transaction((tx) => applianceSignIns.end(tx, hashToken(earlier)));
  asked.headers.append("set-cookie", signInCookie("appliance", token));
}
