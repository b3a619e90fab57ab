/** What an administrator asks of renewals, looked at before it is kept. Pure. */
import type { Static } from "@sinclair/typebox";
import type { AcmeSettings, ChangeAcme } from "../../../protocol/api/appliance/certificates.ts";
import { AppError } from "../../../protocol/errors.ts";
import { readChain } from "../certificate-check.ts";
import { plainName } from "../general-name.ts";

/** Settings as they are kept, and the binding's key where a new one was given. */
export interface AcmeWish {
  readonly settings: AcmeSettings;
  readonly bindingKey?: string;
}

/** @throws {AppError} request.invalid with what is wrong, certificate.invalid for a root that does not read */
export function readAcmeWish({ agreesToTerms, bindingKey, ...asked }: Static<typeof ChangeAcme>): AcmeWish {
  const settings = {
    ...asked,
    ...{ directory: asked.directory.trim(), email: asked.email.trim(), bindingKeyId: asked.bindingKeyId.trim() },
    ...{ authorityPem: asked.authorityPem.trim(), names: [...new Set(asked.names.map(plainName))] },
  };
  if (settings.authorityPem !== "") readChain(settings.authorityPem);
  if (settings.isEnabled) requireWhole(settings, agreesToTerms);
  const key = bindingKey?.trim().replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "") ?? "";
  if (!/^[A-Za-z0-9_-]*$/u.test(key))
    throw new AppError("request.invalid", "The key is no base64url text. Copy it as the authority gave it out.");
  return key === "" ? { settings } : { settings, bindingKey: key };
}

function requireWhole({ directory, email, names }: AcmeSettings, agreesToTerms: boolean): void {
  const url = URL.canParse(directory) ? new URL(directory) : null;
  if (url?.protocol !== "https:" || url.username !== "" || url.password !== "")
    throw new AppError("request.invalid", "The authority's directory needs an address that begins with https://.");
  if (email !== "" && !/^[^\s@,?]+@[^\s@,?]+$/u.test(email))
    throw new AppError("request.invalid", `${email} is no e-mail address.`);
  if (names.length === 0) throw new AppError("request.invalid", "A certificate needs a name. Give at least one.");
  const wildcard = names.find((name) => name.startsWith("*."));
  if (wildcard !== undefined)
    throw new AppError("request.invalid", `${wildcard} cannot be proved on port 80. Name each host.`);
  if (!agreesToTerms)
    throw new AppError("request.invalid", "Authorities ask for agreement to their terms. Read them and agree.");
}
