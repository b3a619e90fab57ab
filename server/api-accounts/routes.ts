import { Nothing } from "../../protocol/api/common.ts";
import {
  ApiAccount,
  ApiAccounts as ApiAccountList,
  ApiSecret,
  ApiToken,
  ChangeApiAccount,
  CreateApiAccount,
} from "../../protocol/api/security.ts";
import { AppError } from "../../protocol/errors.ts";
import { type Route, route } from "../route.ts";
import type { SignIns } from "../sign-in/sign-ins.ts";
import type { ApiAccounts } from "./api-accounts.ts";
import { type ApiTokens, TOKEN_SECONDS } from "./api-tokens.ts";

const MAX_TOKEN_REQUEST_BYTES = 8 << 10;

export interface ApiAccountRoutesNeeds {
  readonly apiAccounts: ApiAccounts;
  readonly apiTokens: ApiTokens;
  readonly signIns: SignIns;
}

/** /api/login/api-accounts, and where programs get their tokens. */
export function apiAccountRoutes({ apiAccounts, apiTokens, signIns }: ApiAccountRoutesNeeds): Route[] {
  const path = "/api/login/api-accounts";
  const may = "api-accounts.manage";
  return [
    route("GET", path, may, { response: ApiAccountList }, async () => ({ apiAccounts: await apiAccounts.list() })),
    route("POST", path, may, { body: CreateApiAccount, response: ApiSecret }, async ({ actor, body }) => {
      await signIns.requireProof(actor);
      return await apiAccounts.create(actor, body);
    }),
    route(
      "PATCH",
      `${path}/:id`,
      may,
      { body: ChangeApiAccount, response: ApiAccount },
      async ({ actor, params, body }) => {
        await signIns.requireProof(actor);
        return await apiAccounts.change(actor, params["id"]!, body);
      },
    ),
    route("DELETE", `${path}/:id`, may, { response: Nothing }, async ({ actor, params }) => {
      await signIns.requireProof(actor);
      await apiAccounts.delete(actor, params["id"]!);
      return {};
    }),
    route("POST", `${path}/:id/secret`, may, { response: ApiSecret }, async ({ actor, params }) => {
      await signIns.requireProof(actor);
      return await apiAccounts.rotate(actor, params["id"]!);
    }),
    route(
      "POST",
      "/api/oauth/token",
      "anyone",
      { response: ApiToken, callers: "programs" },
      async ({ request, address, headers }) => {
        const { clientId, clientSecret } = await readClient(request);
        headers.set("cache-control", "no-store");
        const token = await apiTokens.issue(clientId, clientSecret, address);
        return { access_token: token, token_type: "Bearer" as const, expires_in: TOKEN_SECONDS };
      },
    ),
  ];
}

/** The client id and its secret: by HTTP Basic, or in the form, as RFC 6749 has both. */
async function readClient(request: Request): Promise<{ clientId: string; clientSecret: string }> {
  const form = new URLSearchParams(await readForm(request));
  if (form.get("grant_type") !== "client_credentials")
    throw new AppError("request.invalid", "Only grant_type=client_credentials is known here, in a form body.");
  const basic = /^Basic ([A-Za-z0-9+/=]+)$/iu.exec(request.headers.get("authorization") ?? "")?.[1];
  if (basic === undefined)
    return { clientId: form.get("client_id") ?? "", clientSecret: form.get("client_secret") ?? "" };
  const text = Buffer.from(basic, "base64").toString("utf8");
  const at = text.indexOf(":");
  return { clientId: text.slice(0, Math.max(0, at)), clientSecret: text.slice(at + 1) };
}

async function readForm(request: Request): Promise<string> {
  const length = Number(request.headers.get("content-length") ?? "0");
  if (!(length <= MAX_TOKEN_REQUEST_BYTES)) throw tooLarge();
  let text = "";
  const decoder = new TextDecoder();
  for await (const piece of request.body ?? []) {
    text += decoder.decode(piece as Uint8Array, { stream: true });
    if (text.length > MAX_TOKEN_REQUEST_BYTES) throw tooLarge();
  }
  return text;
}

const tooLarge = (): AppError => new AppError("request.too_large", "A request for a token holds at most 8 KiB.");
