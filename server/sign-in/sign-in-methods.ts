/** What the sign-in page offers. */
import type { SignInMethods } from "../../protocol/api/own-account.ts";
import type { Email } from "../email/email.ts";
import type { SiteSecurity } from "../security/site-security.ts";
import type { Passkeys } from "./passkeys/passkeys.ts";

export interface OfferedProviders {
  /** Those one is sent away to. */
  offered(): Promise<{ id: string; name: string; kind: "saml" | "oidc" }[]>;
}

export class Methods {
  constructor(
    private readonly security: SiteSecurity,
    private readonly passkeys: Passkeys,
    private readonly providers: OfferedProviders,
    private readonly email: Email,
  ) {}

  async offered(): Promise<SignInMethods> {
    const { defaultMethod, isProviderOnly, isPasswordResetEnabled } = this.security.current();
    const isPasskeyOffered = await this.passkeys.isOffered();
    const providers = await this.providers.offered();
    const known = ["password", ...(isPasskeyOffered ? ["passkey"] : []), ...providers.map(({ id }) => id)];
    return {
      // A default that has gone (a provider that was removed) falls back to what is always there.
      defaultMethod: known.includes(defaultMethod) ? defaultMethod : "password",
      isPasswordOffered: !isProviderOnly,
      isPasskeyOffered,
      isPasswordResetOffered: isPasswordResetEnabled && !isProviderOnly && (await this.email.isConfigured()),
      providers,
    };
  }
}
