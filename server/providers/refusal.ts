/** An identity provider's answer that was refused; what each code says stands in protocol/provider-refusals.ts. */
import { providerRefusals, type RefusalReason } from "../../protocol/provider-refusals.ts";
import { AppError } from "../../protocol/errors.ts";

/** What the code means and what to do, as one text. */
export const refusalText = (reason: RefusalReason): string =>
  `${providerRefusals[reason].means} ${providerRefusals[reason].doThis}`;

/** An answer that was refused. `detail` is for the provider's log alone: it may name what came. */
export class ProviderRefusal extends AppError {
  constructor(
    readonly reason: RefusalReason,
    readonly detail = "",
    options?: { cause?: unknown },
  ) {
    super(
      reason === "provider.unreachable" ? "sign_in.provider_unreachable" : "sign_in.provider_refused",
      refusalText(reason),
      options,
    );
  }
}

/** The code of any refusal: the provider's own where there is one. */
export const codeOf = (error: AppError): string => (error instanceof ProviderRefusal ? error.reason : error.code);

/** For administrators: with the detail, which may name what came. */
export const detailedMessage = (error: AppError): string =>
  error instanceof ProviderRefusal && error.detail !== "" ? `${error.message} (${error.detail})` : error.message;

/** Throws it; for the end of an expression. */
export function refuse(reason: RefusalReason, detail = ""): never {
  throw new ProviderRefusal(reason, detail.slice(0, MAX_DETAIL_CHARACTERS));
}
const MAX_DETAIL_CHARACTERS = 300;
