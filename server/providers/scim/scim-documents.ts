/** What /scim/v2 says of itself (RFC 7643 5 to 7): what it can do and which resources there are. */
import { Schemas } from "scimmy";
import type { Plain } from "./scim-input.ts";
import { GROUP_SCHEMA, USER_SCHEMA } from "./scim-resources.ts";

const supported = (isSupported: boolean): Plain => ({ supported: isSupported });

const serviceProviderConfig = (base: string): Plain => ({
  schemas: ["urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig"],
  patch: supported(true),
  bulk: { ...supported(false), maxOperations: 0, maxPayloadSize: 0 },
  filter: { ...supported(true), maxResults: 500 },
  changePassword: supported(false),
  sort: supported(false),
  etag: supported(false),
  authenticationSchemes: [
    {
      type: "oauthbearertoken",
      name: "Bearer token",
      description: "The token of this provider, shown once in /login.",
    },
  ],
  meta: { resourceType: "ServiceProviderConfig", location: `${base}/ServiceProviderConfig` },
});

const resourceTypes = (base: string): Plain[] =>
  [
    { name: "User", schema: USER_SCHEMA },
    { name: "Group", schema: GROUP_SCHEMA },
  ].map(({ name, schema }) => ({
    schemas: ["urn:ietf:params:scim:schemas:core:2.0:ResourceType"],
    id: name,
    name,
    endpoint: `/${name}s`,
    schema,
    meta: { resourceType: "ResourceType", location: `${base}/ResourceTypes/${name}` },
  }));

const schemas = (base: string): Plain[] =>
  [Schemas.User, Schemas.Group].map(
    (schema) => JSON.parse(JSON.stringify(schema.definition.describe(`${base}/Schemas`))) as Plain,
  );

/** The three documents. @param base the address of /scim/v2 */
export const scimDocuments = (base: string) => ({
  serviceProviderConfig: serviceProviderConfig(base),
  resourceTypes: resourceTypes(base),
  schemas: schemas(base),
});
