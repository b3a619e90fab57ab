/** The tables of security providers, and of who came by them; the rules of schema.ts hold. */
import type { Generated } from "kysely";

type Flag = 0 | 1;

export interface ProviderSchema {
  /** `config`: ProviderConfig, `mapping`: ProviderMapping, `email_domains`: JSON list; `secrets`: sealed JSON. */
  providers: {
    id: string;
    kind: string;
    name: string;
    is_enabled: Flag;
    position: number;
    config: string;
    mapping: string;
    email_domains: string;
    secrets: string;
    last_used_at: string | null;
    /** Somebody with site.administer has signed in by it; only then may local passwords be closed. */
    was_used_by_administrator: Flag;
    created_at: string;
    version: number;
  };
  /** The provider's groups a user was last seen in. */
  external_groups: { representative: string; provider: string; group_name: string };
  /** Groups a SCIM provider has made; their members are rows of external_groups by the name. */
  scim_groups: { id: string; provider: string; display_name: string; external_id: string | null };
  /** SAML assertions that were used, until they could not be used anyway. */
  used_assertions: { provider: string; assertion: string; expires_at: string };
  /** Which sign-ins came by a provider, for its sign-out. */
  provider_sessions: { sign_in: string; provider: string; name_id: string; session_index: string };
  provider_log: {
    sequence: Generated<number>;
    provider: string;
    at: string;
    outcome: string;
    code: string;
    message: string;
    name: string;
  };
}
