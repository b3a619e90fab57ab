/** A security provider as administrators' pages see it. Pure. */
import type { Provider as ProviderView, ProviderConfig } from "../../protocol/api/providers.ts";
import { addressesOf } from "./provider-addresses.ts";
import { certificateEnd } from "./provider-rules.ts";
import type { Provider } from "./provider.ts";

/** Without secrets. `users`: accounts that came by it; `origin`: this site's. */
export function toView(provider: Provider, users: number, origin: string): ProviderView {
  const { id, kind, name, isEnabled, position, config, mapping, lastUsedAt, version, secrets } = provider;
  return {
    ...{ id, kind, name, isEnabled, position, config, mapping, lastUsedAt, version, users },
    emailDomains: [...provider.emailDomains],
    hasSecret: (secrets.secret ?? "") !== "" || secrets.scimTokenHash !== undefined,
    certificateExpiresAt: certificateEnd(provider),
    ours: hasAddresses(config) ? addressesOf(origin, id) : null,
  };
}

const hasAddresses = ({ kind }: ProviderConfig): boolean => kind !== "ldap";
