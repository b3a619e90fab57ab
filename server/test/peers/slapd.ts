/** OpenLDAP's slapd on loopback with a few people and groups: ldap:// with StartTLS, and ldaps://. A real peer. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Client } from "ldapts";
import { makeSelfSigned } from "../../certificates/self-signed.ts";
import { freePort } from "./simple-saml-php.ts";

const START_MS = 10_000;
export const LDAP_ADMIN = { dn: "cn=admin,dc=example,dc=com", password: "admin-password" } as const;
/** Its people: uid and password. "star*" and "par(en" are there for filters. */
export const LDAP_PEOPLE = {
  carol: "carol-password",
  dave: "dave-password",
  "star*": "star-password",
  "par(en": "paren-password",
} as const;

export interface Slapd extends AsyncDisposable {
  readonly url: string;
  readonly tlsUrl: string;
  /** Of its certificate, which is its own authority. PEM. */
  readonly certificate: string;
  /** Does something as its administrator. */
  administer<T>(work: (client: Client) => Promise<T>): Promise<T>;
}

export async function startSlapd(): Promise<Slapd> {
  const directory = mkdtempSync(join(tmpdir(), "causeway-slapd-"));
  const [port, tlsPort] = [freePort(), freePort()];
  const { chainPem, keyPem } = makeSelfSigned("localhost", new Date());
  mkdirSync(join(directory, "data"));
  writeFileSync(join(directory, "tls.crt"), chainPem);
  writeFileSync(join(directory, "tls.key"), keyPem);
  writeFileSync(join(directory, "slapd.conf"), configuration(directory));
  const url = `ldap://127.0.0.1:${port}`;
  const tlsUrl = `ldaps://127.0.0.1:${tlsPort}`;
  const child = Bun.spawn(["/usr/sbin/slapd", "-f", `${directory}/slapd.conf`, "-h", `${url}/ ${tlsUrl}/`, "-d", "0"], {
    stdin: "ignore",
    stdout: "ignore",
    stderr: "ignore",
  });
  const administer = <T>(work: (client: Client) => Promise<T>) => asAdministrator(url, work);
  await untilReady(url);
  await administer(fill);
  return {
    url,
    tlsUrl,
    certificate: chainPem,
    administer,
    async [Symbol.asyncDispose]() {
      child.kill();
      await child.exited;
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

async function asAdministrator<T>(url: string, work: (client: Client) => Promise<T>): Promise<T> {
  const client = new Client({ url, timeout: 3000, connectTimeout: 3000 });
  try {
    await client.bind(LDAP_ADMIN.dn, LDAP_ADMIN.password);
    return await work(client);
  } finally {
    await client.unbind();
  }
}

async function untilReady(url: string): Promise<void> {
  const endMs = performance.now() + START_MS;
  for (;;) {
    const isReady = await asAdministrator(url, () => Promise.resolve(true)).catch(() => false);
    if (isReady) return;
    if (performance.now() > endMs) throw new Error("slapd did not start");
    await Bun.sleep(50);
  }
}

const configuration = (directory: string): string => `
include /etc/ldap/schema/core.schema
include /etc/ldap/schema/cosine.schema
include /etc/ldap/schema/inetorgperson.schema
modulepath /usr/lib/ldap
moduleload back_mdb
moduleload memberof
TLSCertificateFile ${directory}/tls.crt
TLSCertificateKeyFile ${directory}/tls.key
database mdb
suffix "dc=example,dc=com"
rootdn "${LDAP_ADMIN.dn}"
rootpw ${LDAP_ADMIN.password}
directory ${directory}/data
overlay memberof
memberof-group-oc groupOfNames
access to attrs=userPassword by anonymous auth by * none
access to * by users read by * none
`;

async function fill(client: Client): Promise<void> {
  await client.add("dc=example,dc=com", { objectClass: ["dcObject", "organization"], o: "Example", dc: "example" });
  for (const ou of ["people", "groups"])
    await client.add(`ou=${ou},dc=example,dc=com`, { objectClass: ["organizationalUnit"], ou });
  for (const [uid, userPassword] of Object.entries(LDAP_PEOPLE)) {
    const names = { cn: `${uid} Example`, sn: "Example", mail: "x@example.com", uid, userPassword };
    await client.add(personDn(uid), { objectClass: ["inetOrgPerson"], ...names });
  }
  for (const [cn, members] of Object.entries({ support: ["carol", "dave"], admins: ["carol"] }))
    await client.add(`cn=${cn},ou=groups,dc=example,dc=com`, {
      objectClass: ["groupOfNames"],
      cn,
      member: members.map(personDn),
    });
}

/** The entry of a person. */
export const personDn = (uid: string): string => `cn=${uid} Example,ou=people,dc=example,dc=com`;
