/** Asks the browser for a passkey, or to make one. What it says when it cannot is put into words here. */

/** Whether this browser knows passkeys at all, in the form we use (WebAuthn level 3's JSON). */
export function knowsPasskeys(): boolean {
  return typeof PublicKeyCredential === "function" && "parseRequestOptionsFromJSON" in PublicKeyCredential;
}

/**
 * Lets the person choose a passkey of theirs.
 * @param options PublicKeyCredentialRequestOptionsJSON from the server
 * @returns the credential as JSON for the server; null when the person closed the browser's question
 * @throws {Error} in words, when the browser or the key could not
 */
export async function usePasskey(options: unknown, signal?: AbortSignal): Promise<unknown> {
  const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(options as PublicKeyCredentialRequestOptionsJSON);
  return await answered(() => navigator.credentials.get({ publicKey, ...(signal === undefined ? {} : { signal }) }));
}

/**
 * Lets the person make a passkey.
 * @param options PublicKeyCredentialCreationOptionsJSON from the server
 * @returns the credential as JSON for the server; null when the person closed the browser's question
 * @throws {Error} in words, when the browser or the key could not
 */
export async function makePasskey(options: unknown): Promise<unknown> {
  const publicKey = PublicKeyCredential.parseCreationOptionsFromJSON(options as PublicKeyCredentialCreationOptionsJSON);
  return await answered(() => navigator.credentials.create({ publicKey }));
}

async function answered(ask: () => Promise<Credential | null>): Promise<unknown> {
  try {
    const credential = await ask();
    return credential instanceof PublicKeyCredential ? credential.toJSON() : null;
  } catch (error) {
    if (!(error instanceof DOMException)) throw error;
    if (error.name === "NotAllowedError" || error.name === "AbortError") return null;
    throw new Error(obstacleWords(error), { cause: error });
  }
}

function obstacleWords({ name, message }: DOMException): string {
  if (name === "InvalidStateError") return "This key already holds a passkey for your account. Use another key.";
  if (name === "SecurityError")
    return "This browser does not allow passkeys at this address. Open the site by its hostname, with a certificate the browser trusts.";
  if (name === "NotSupportedError" || name === "ConstraintError")
    return "This key cannot do what the site asks for, such as checking a PIN or a finger. Use another key.";
  return `The browser could not use a passkey: ${message}`;
}
