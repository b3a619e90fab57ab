/** The account at an authority: made once, found again by its key. */
import { FlattenedSign } from "jose";
import { AppError } from "../../../protocol/errors.ts";
import { requireHttps } from "./authority-fetch.ts";
import type { SignedRequests } from "./signed-requests.ts";

/** What an authority outside of ACME gave out so that accounts are known (RFC 8555, section 7.3.4). */
export interface AccountBinding {
  readonly keyId: string;
  /** base64url, as authorities give it out. */
  readonly key: string;
}

/**
 * Makes the account, or finds the one this key has already. Its terms are agreed to: who calls has asked a person.
 * @returns the account's address
 * @throws {AuthorityRefusal} what the authority refuses, {AppError} certificate.invalid
 */
export async function openAccount(
  requests: SignedRequests,
  email: string,
  binding: AccountBinding | null,
): Promise<string> {
  const { newAccount, meta } = requests.directory;
  if (binding === null && meta?.externalAccountRequired === true)
    throw new AppError(
      "certificate.invalid",
      "The authority asks for an account made beforehand. Give its key id and key.",
    );
  const answer = await requests.post(newAccount, {
    termsOfServiceAgreed: true,
    ...(email === "" ? {} : { contact: [`mailto:${email}`] }),
    ...(binding === null ? {} : { externalAccountBinding: await bindingOf(requests, binding) }),
  });
  return requireHttps(answer.headers.get("location") ?? "");
}

async function bindingOf(requests: SignedRequests, { keyId, key }: AccountBinding) {
  const payload = new TextEncoder().encode(JSON.stringify(requests.publicKey));
  const header = { alg: "HS256", kid: keyId, url: requests.directory.newAccount };
  return await new FlattenedSign(payload).setProtectedHeader(header).sign(Buffer.from(key, "base64url"));
}
