/** The addresses of ours that a provider is told. Pure. */
export interface ProviderAddresses {
  readonly entityId: string;
  readonly acsUrl: string;
  readonly sloUrl: string;
  readonly redirectUrl: string;
  readonly scimUrl: string;
}

/** @param origin of this site, see PublicAddress */
export const addressesOf = (origin: string, provider: string): ProviderAddresses => ({
  entityId: `${origin}/saml/${provider}/metadata`,
  acsUrl: `${origin}/saml/${provider}/acs`,
  sloUrl: `${origin}/saml/${provider}/slo`,
  redirectUrl: `${origin}/oidc/${provider}/callback`,
  scimUrl: `${origin}/scim/v2`,
});

/** The page that posts our sign-out message to a provider; see Notices.keepForm(). */
export const postingPath = (provider: string, token: string): string => `/saml/${provider}/sign-out/${token}`;
