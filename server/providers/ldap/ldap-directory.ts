/** One directory over LDAP: finds a person's entry with the provider's own account, then binds as that person. */
import { rootCertificates } from "node:tls";
import { Client, EqualityFilter, InvalidCredentialsError, ResultCodeError, type Entry } from "ldapts";
import type { LdapProvider, ProvedPerson } from "../provider.ts";
import { ProviderRefusal, refuse } from "../refusal.ts";

const MAX_GROUPS = 2000;
/** What stays when somebody is renamed or moved: RFC 4530, then Active Directory's. */
const STABLE_IDS = ["entryUUID", "objectGUID", "nsUniqueId"] as const;

/**
 * @returns null when nobody has the name, or the password is not theirs
 * @throws {ProviderRefusal} provider.unreachable, ldap.*
 */
export async function provePerson(
  provider: LdapProvider,
  username: string,
  password: string,
): Promise<ProvedPerson | null> {
  const client = await connected(provider);
  try {
    const entry = await findEntry(client, provider, username);
    if (entry === null) return null;
    const groups = await findGroups(client, provider, entry);
    return (await bindsAs(provider, entry.dn, password)) ? personOf(provider, entry, groups) : null;
  } catch (error) {
    throw asRefusal(error);
  } finally {
    await close(client);
  }
}

/** Connected and bound as the provider's account; the addresses are tried in turn. */
async function connected(provider: LdapProvider): Promise<Client> {
  let last: unknown;
  for (const url of provider.config.urls) {
    const client = clientOf(provider, url);
    try {
      await secure(client, provider);
      if (provider.config.bindDn !== "") await client.bind(provider.config.bindDn, provider.secrets.secret ?? "");
      return client;
    } catch (error) {
      await close(client);
      if (error instanceof ResultCodeError) throw new ProviderRefusal("ldap.bind", error.message, { cause: error });
      last = error;
    }
  }
  throw asRefusal(last);
}

async function bindsAs(provider: LdapProvider, dn: string, password: string): Promise<boolean> {
  let last: unknown;
  for (const url of provider.config.urls) {
    const client = clientOf(provider, url);
    try {
      await secure(client, provider);
      await client.bind(dn, password);
      return true;
    } catch (error) {
      if (error instanceof InvalidCredentialsError) return false;
      // Locked, expired, to be changed: the directory knows the person and does not let them in.
      if (error instanceof ResultCodeError) return false;
      last = error;
    } finally {
      await close(client);
    }
  }
  throw asRefusal(last);
}

function clientOf({ config }: LdapProvider, url: string): Client {
  const timeoutMs = config.timeoutSeconds * 1000;
  return new Client({
    url,
    timeout: timeoutMs,
    connectTimeout: timeoutMs,
    ...(url.startsWith("ldaps:") ? { tlsOptions: tlsOptions(config) } : {}),
  });
}

async function secure(client: Client, { config }: LdapProvider): Promise<void> {
  if (config.startTls) await client.startTLS(tlsOptions(config));
}

/** Node takes a given authority instead of the system's; both count here. */
function tlsOptions({ certificateAuthority }: LdapProvider["config"]) {
  if (certificateAuthority.trim() === "") return {};
  return { ca: [...rootCertificates, certificateAuthority] };
}

async function findEntry(client: Client, { config }: LdapProvider, username: string): Promise<Entry | null> {
  const filter = new EqualityFilter({ attribute: config.usernameAttribute, value: username });
  const { searchEntries } = await client.search(config.userBaseDn, {
    scope: "sub",
    filter,
    sizeLimit: 2,
    attributes: ["*", ...STABLE_IDS, "memberOf"],
    explicitBufferAttributes: ["objectGUID", "jpegPhoto", "thumbnailPhoto", "userPassword", "unicodePwd"],
  });
  if (searchEntries.length > 1) return refuse("ldap.ambiguous", username);
  return searchEntries[0] ?? null;
}

/** Groups that name the person as a member; without a base for them, those the person's entry names. */
async function findGroups(client: Client, { config }: LdapProvider, entry: Entry): Promise<readonly string[] | null> {
  if (config.groupBaseDn === "") return null;
  const found = new Set<string>();
  for (const attribute of ["member", "uniqueMember"]) {
    const filter = new EqualityFilter({ attribute, value: entry.dn });
    const options = { scope: "sub" as const, filter, sizeLimit: MAX_GROUPS, attributes: ["cn"] };
    const { searchEntries } = await client.search(config.groupBaseDn, options);
    for (const { dn } of searchEntries) found.add(dn);
  }
  return [...found];
}

function personOf(provider: LdapProvider, entry: Entry, groups: readonly string[] | null): ProvedPerson {
  const attributes = new Map<string, readonly string[]>();
  for (const [name, value] of Object.entries(entry)) {
    const values = (Array.isArray(value) ? value : [value]).flatMap((one) => (typeof one === "string" ? one : []));
    // ldapts answers an attribute that was asked for and is not there with an empty list: nothing was said.
    if (name !== "dn" && values.length > 0 && !SECRET.test(name)) attributes.set(name, values);
  }
  if (groups !== null && provider.mapping.attributes.groups !== "")
    attributes.set(provider.mapping.attributes.groups, groups);
  const defaultUsername = attributes.get(provider.config.usernameAttribute)?.[0] ?? "";
  return { externalId: stableId(entry), defaultUsername, attributes };
}

const SECRET = /password|unicodePwd/iu;

function stableId(entry: Entry): string {
  for (const name of STABLE_IDS) {
    const value = entry[name];
    const one = Array.isArray(value) ? value[0] : value;
    if (Buffer.isBuffer(one) && one.length > 0) return one.toString("hex");
    if (typeof one === "string" && one !== "") return one;
  }
  return entry.dn;
}

function asRefusal(error: unknown): ProviderRefusal {
  if (error instanceof ProviderRefusal) return error;
  const message = error instanceof Error ? error.message : "";
  const { code } = (error ?? {}) as { code?: unknown };
  const isCertificate =
    (typeof code === "string" && /CERT|SELF_SIGNED|ALTNAME|VERIFY/u.test(code)) || /certificate/iu.test(message);
  return new ProviderRefusal(isCertificate ? "ldap.certificate" : "provider.unreachable", message, { cause: error });
}

/** An end of the connection that is gone already cannot be said goodbye to. */
async function close(client: Client): Promise<void> {
  await client.unbind().catch(() => undefined);
}
