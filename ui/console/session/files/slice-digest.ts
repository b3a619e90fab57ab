/** The SHA-256 of one slice, made by the browser's own cryptography. */

/** SHA-256 as base64. */
export async function sliceDigest(bytes: ArrayBuffer | Uint8Array<ArrayBuffer>): Promise<string> {
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  return btoa(String.fromCharCode(...digest));
}

/** The value of the header Content-Digest (RFC 9530). */
export function headerDigest(base64: string): string {
  return `sha-256=:${base64}:`;
}
