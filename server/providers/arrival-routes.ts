import { EmailWhere, ProviderWhere } from "../../protocol/api/own-account.ts";
import { SignedOut, SignInRefusal } from "../../protocol/api/providers.ts";
import type { Area } from "../../protocol/api/sign-in.ts";
import { AppError } from "../../protocol/errors.ts";
import { type Route, route } from "../route.ts";
import { signOutCookie } from "../sign-in/cookies.ts";
import type { SamlForm, Visitor } from "./arrivals.ts";
import { readForm } from "./form.ts";
import { metadataFile } from "./metadata-file.ts";
import type { ProviderParts } from "./open-providers.ts";
import { isSaml } from "./provider.ts";
import { refuse } from "./refusal.ts";
import { postingPage } from "./saml/outgoing.ts";

const MAX_EMAIL_BYTES = 2048;

/** The way to identity providers and back. Where they send people to is open to other sites' pages, and nothing else is. */
export function arrivalRoutes(parts: ProviderParts): Route[] {
  return [
    ...areaRoutes("login", parts),
    ...areaRoutes("console", parts),
    ...samlRoutes(parts),
    route("GET", "/oidc/:id/callback", "anyone", { callers: "any-site" }, ({ params, request, address }) =>
      parts.arrivals.oidcAnswer(params["id"]!, new URL(request.url), visitorOf(request, address)),
    ),
    route(
      "GET",
      "/api/sign-in-refusals/:token",
      "anyone",
      { response: SignInRefusal, isPublic: true },
      async ({ params }) => {
        const refusal = await parts.notices.readRefusal(params["token"]!);
        if (refusal === null) throw new AppError("not_found", "This is too long ago. Sign in again.");
        return refusal;
      },
    ),
  ];
}

function areaRoutes(area: Area, parts: ProviderParts): Route[] {
  return [
    route("GET", `/api/${area}/sign-in/with/:provider`, "anyone", { isPublic: true }, ({ params, request, address }) =>
      parts.arrivals.depart(params["provider"]!, area, visitorOf(request, address)),
    ),
    route(
      "POST",
      `/api/${area}/sign-in/where`,
      "anyone",
      { body: EmailWhere, response: ProviderWhere, maxBodyBytes: MAX_EMAIL_BYTES },
      async ({ body }) => ({ provider: await parts.providers.whereFor(body.email) }),
    ),
    route(
      "POST",
      `/api/${area}/sign-out-at-provider`,
      "signed-in",
      { response: SignedOut },
      async ({ actor, headers }) => {
        const url = await parts.signOut(actor);
        headers.append("set-cookie", signOutCookie(area));
        return { url };
      },
    ),
  ];
}

function samlRoutes({ arrivals, notices, providers, saml }: ProviderParts): Route[] {
  return [
    route("POST", "/saml/:id/acs", "anyone", { callers: "any-site" }, async ({ params, request, address }) =>
      arrivals.samlAnswer(params["id"]!, await readSamlForm(request), visitorOf(request, address)),
    ),
    route("GET", "/saml/:id/slo", "anyone", { callers: "any-site" }, ({ params, request, address }) =>
      arrivals.samlSignOut(params["id"]!, { query: queryOf(request.url) }, visitorOf(request, address)),
    ),
    route("POST", "/saml/:id/slo", "anyone", { callers: "any-site" }, async ({ params, request, address }) =>
      arrivals.samlSignOut(params["id"]!, { form: await readForm(request) }, visitorOf(request, address)),
    ),
    route("GET", "/saml/:id/sign-out/:token", "anyone", { isPublic: true }, async ({ params }) => {
      const form = await notices.readForm(params["token"]!);
      if (form === null) throw new AppError("not_found", "This is too long ago. You are signed out here.");
      return postingPage(form);
    }),
    route("GET", "/saml/:id/metadata", "anyone", { callers: "programs" }, async ({ params }) => {
      const provider = await providers.get(params["id"]!);
      if (!isSaml(provider)) throw new AppError("not_found", "There is nothing at this address.");
      return metadataFile(await saml.metadata(provider));
    }),
  ];
}

/** @throws {AppError} request.too_large, ProviderRefusal message.form */
async function readSamlForm(request: Request): Promise<SamlForm> {
  const form = await readForm(request);
  const responses = form.getAll("SAMLResponse");
  const relayStates = form.getAll("RelayState");
  if (responses.length !== 1 || relayStates.length > 1) refuse("message.form");
  return { response: responses[0]!, relayState: relayStates[0] ?? "" };
}

function visitorOf({ headers }: Request, address: string): Visitor {
  const userAgent = (headers.get("user-agent") ?? "").slice(0, 300);
  return { address, userAgent, cookies: headers.get("cookie") };
}

/** As it came: a signature is over these characters. */
const queryOf = (url: string): string => (url.includes("?") ? url.slice(url.indexOf("?") + 1).split("#", 1)[0]! : "");
