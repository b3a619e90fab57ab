import { AppError } from "../../protocol/errors.ts";
import { refuse } from "./refusal.ts";

/** A SAML answer of 256 KB in base64 with every "+" escaped, and what stands beside it. */
const MAX_FORM_BYTES = 512 << 10;

/** The fields of a posted form. @throws {AppError} request.too_large, ProviderRefusal message.form */
export async function readForm(request: Request): Promise<URLSearchParams> {
  const type = request.headers.get("content-type")?.split(";")[0]?.trim().toLowerCase();
  if (type !== "application/x-www-form-urlencoded") refuse("message.form");
  const parts: Uint8Array[] = [];
  let total = 0;
  for await (const part of request.body ?? []) {
    total += part.length;
    if (total > MAX_FORM_BYTES)
      throw new AppError("request.too_large", `The form is larger than ${MAX_FORM_BYTES} bytes.`);
    parts.push(part);
  }
  return new URLSearchParams(Buffer.concat(parts, total).toString("latin1"));
}
