import { Nothing } from "../../protocol/api/common.ts";
import {
  ChangeProvider,
  CreateProvider,
  OrderProviders,
  Provider,
  ProviderLog,
  Providers as ProviderList,
  ReadSamlMetadata,
  SamlConfig,
  ScimToken,
  TestLdap,
  TestResult,
  TestSignIn,
} from "../../protocol/api/providers.ts";
import { AppError } from "../../protocol/errors.ts";
import { type Route, route } from "../route.ts";
import { metadataFile } from "./metadata-file.ts";
import type { ProviderParts } from "./open-providers.ts";
import { isLdap, isSaml } from "./provider.ts";

/** /api/login/providers: what administrators do with security providers. */
export function providerRoutes(parts: ProviderParts): Route[] {
  return [...listRoutes(parts), ...oneRoutes(parts), ...samlRoutes(parts), ...testRoutes(parts)];
}

const BASE = "/api/login/providers";

function listRoutes({ providers }: ProviderParts): Route[] {
  return [
    route("GET", BASE, "providers.view", { response: ProviderList }, async () => ({
      providers: await providers.views(),
    })),
    route("POST", BASE, "providers.edit", { body: CreateProvider, response: Provider }, ({ actor, body }) =>
      providers.create(actor, body),
    ),
    route(
      "PUT",
      `${BASE}/order`,
      "providers.edit",
      { body: OrderProviders, response: ProviderList },
      async ({ actor, body }) => ({ providers: await providers.order(actor, body.ids) }),
    ),
    route(
      "POST",
      `${BASE}/saml/read-metadata`,
      "providers.edit",
      { body: ReadSamlMetadata, response: SamlConfig },
      async ({ body }) => (await import("./saml/idp-metadata.ts")).readIdpMetadata(body.xml),
    ),
  ];
}

function oneRoutes({ providers }: ProviderParts): Route[] {
  return [
    route("GET", `${BASE}/:id`, "providers.view", { response: Provider }, ({ params }) =>
      providers.view(params["id"]!),
    ),
    route(
      "PATCH",
      `${BASE}/:id`,
      "providers.edit",
      { body: ChangeProvider, response: Provider },
      ({ actor, params, body }) => providers.change(actor, params["id"]!, body),
    ),
    route("DELETE", `${BASE}/:id`, "providers.edit", { response: Nothing }, async ({ actor, params }) => {
      await providers.delete(actor, params["id"]!);
      return {};
    }),
    route("GET", `${BASE}/:id/log`, "providers.view", { response: ProviderLog }, async ({ params }) => ({
      rows: await providers.log(params["id"]!),
    })),
    route("POST", `${BASE}/:id/scim-token`, "providers.edit", { response: ScimToken }, async ({ actor, params }) => ({
      token: await providers.newScimToken(actor, params["id"]!),
    })),
  ];
}

function samlRoutes({ providers, saml }: ProviderParts): Route[] {
  return [
    route("GET", `${BASE}/:id/metadata`, "providers.view", {}, async ({ params }) => {
      const provider = await providers.get(params["id"]!);
      if (!isSaml(provider)) throw new AppError("not_found", "Only a SAML provider has metadata.");
      return metadataFile(await saml.metadata(provider));
    }),
    route("POST", `${BASE}/:id/signing-certificate`, "providers.edit", { response: Provider }, ({ actor, params }) =>
      providers.addSigningCertificate(actor, params["id"]!),
    ),
    route("DELETE", `${BASE}/:id/signing-certificate`, "providers.edit", { response: Provider }, ({ actor, params }) =>
      providers.retireSigningCertificate(actor, params["id"]!),
    ),
  ];
}

function testRoutes({ arrivals, directories, notices, providers }: ProviderParts): Route[] {
  return [
    route(
      "POST",
      `${BASE}/:id/test-sign-in`,
      "providers.edit",
      { response: TestSignIn },
      async ({ actor, params, headers }) => {
        const provider = await providers.noteTest(actor, params["id"]!);
        const { url, cookie, attempt } = await arrivals.departForTest(provider, actor);
        headers.append("set-cookie", cookie);
        return { url, attempt };
      },
    ),
    route(
      "GET",
      `${BASE}/:id/test-result/:attempt`,
      "providers.edit",
      { response: TestResult },
      async ({ actor, params }) => {
        const test = { provider: params["id"]!, by: actor.id, attempt: params["attempt"]! };
        const result = await notices.readTestResult(test);
        if (result === null) throw new AppError("not_found", "There is no such test of this provider under way.");
        return result;
      },
    ),
    route(
      "POST",
      `${BASE}/:id/test-ldap`,
      "providers.edit",
      { body: TestLdap, response: TestResult },
      async ({ actor, params, body }) => {
        const provider = await providers.noteTest(actor, params["id"]!);
        if (!isLdap(provider)) throw new AppError("not_found", "Only an LDAP provider is tested with a password.");
        return await directories.test(provider, body.username, body.password);
      },
    ),
  ];
}
