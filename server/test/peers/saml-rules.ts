import type { ResponseRules } from "../../providers/saml/response.ts";
import { type ForgeKeys, IDP_ENTITY_ID, SP } from "./saml-forge.ts";

/** What a site of the tests asks of the forge's responses, now. */
export const forgeRules = (keys: ForgeKeys, changes: Partial<ResponseRules> = {}): ResponseRules => ({
  audience: SP.entityId,
  recipient: SP.acsUrl,
  issuer: IDP_ENTITY_ID,
  clockSkewMs: 60_000,
  nowMs: Date.now(),
  certificates: [keys.idp.certificatePem],
  decryptionKeys: [keys.ours.keyPem],
  wantsEncrypted: false,
  allowsCbc: false,
  ...changes,
});
