import { expect, test } from "bun:test";
import { makeForgeKeys, posted } from "../../test/peers/saml-forge.ts";
import { forgeRules } from "../../test/peers/saml-rules.ts";
import { samlShapes } from "../../test/peers/saml-shapes.ts";
import { identityOf } from "../mapping.ts";
import { parseResponse, verifyResponse } from "./response.ts";

test("LOGIN-24 assertions in the shapes of Okta, OneLogin and Entra are read, groups and all", async () => {
  const keys = await makeForgeKeys();
  const shapes = samlShapes(keys.idp);
  expect(shapes.map(({ name }) => name)).toEqual(["Okta", "OneLogin", "Entra"]);
  for (const { issuer, xml, nameId, attributes, name } of shapes) {
    const said = verifyResponse(parseResponse(posted(xml)), forgeRules(keys, { issuer }), null);
    const person = { externalId: said.nameId, defaultUsername: said.nameId, attributes: said.attributes };
    const identity = identityOf("p", person, {
      attributes,
      createsAccounts: true,
      groupSync: "additive",
      groupRules: [],
    });
    expect({ name, ...identity, groups: identity.groups?.includes("Support") }).toEqual({
      name,
      provider: "p",
      externalId: nameId,
      username: "carol",
      displayName: "Carol Jones",
      email: "carol@example.com",
      groups: true,
    });
  }
});
