/** SimpleSAMLphp (Debian's package) as an identity provider on loopback, with two people. A real peer: nothing is mocked. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { makeSigningKey } from "../../providers/saml/signing-key.ts";

const WWW = "/usr/share/simplesamlphp/www";
const START_MS = 15_000;

export interface SimpleSamlPhpOptions {
  /** Encrypts its assertions, in AES-CBC as is its way. */
  readonly isEncrypted?: boolean;
  /** Encrypts the name inside, and the one in its sign-out messages, in AES-CBC as well. */
  readonly isNameEncrypted?: boolean;
  /** It takes sign-out messages by POST alone. */
  readonly signsOutByPost?: boolean;
}

export interface SimpleSamlPhp extends AsyncDisposable {
  readonly url: string;
  /** Its metadata as it gives it to anybody. */
  metadata(): Promise<string>;
  /** Makes a service provider known by its own metadata; null forgets it. */
  know(serviceProviderXml: string, options?: SimpleSamlPhpOptions): void;
  /** The address of a sign-in that begins there, as a tile on its start page. */
  tile(entityId: string, relayState: string): string;
}

/** Its people: user name and password. */
export const SAML_PEOPLE = { carol: "carol-password", dave: "dave-password" } as const;

/** `always`: holds whatever know() says. */
export async function startSimpleSamlPhp(always: SimpleSamlPhpOptions = {}): Promise<SimpleSamlPhp> {
  const directory = mkdtempSync(join(tmpdir(), "causeway-simplesamlphp-"));
  const port = freePort();
  const url = `http://127.0.0.1:${port}`;
  const key = await makeSigningKey("idp.example", new Date());
  for (const folder of ["cert", "log", "data", "tmp", "metadata", "sessions"]) mkdirSync(join(directory, folder));
  const write = (name: string, text: string): void => writeFileSync(join(directory, name), text);
  write("cert/idp.crt", key.certificatePem);
  write("cert/idp.pem", key.keyPem);
  write("config.php", configPhp(directory, url));
  write("authsources.php", authSourcesPhp);
  const know = (xml: string, options: SimpleSamlPhpOptions = {}): void => {
    write("metadata/sp.xml", xml);
    write("metadata/saml20-idp-hosted.php", hostedPhp({ ...always, ...options }));
  };
  know(EMPTY_METADATA);
  // opcache would go on for two seconds with the metadata as they were.
  const options = [
    "-d",
    "opcache.enable=0",
    "-d",
    "display_errors=0",
    "-d",
    "log_errors=0",
    "-d",
    `sys_temp_dir=${directory}/tmp`,
  ];
  const child = Bun.spawn(["php", ...options, "-S", `127.0.0.1:${port}`, "-t", WWW], {
    env: { PATH: "/usr/bin:/bin", SIMPLESAMLPHP_CONFIG_DIR: directory, PHP_CLI_SERVER_WORKERS: "1" },
    stdout: "ignore",
    stderr: "ignore",
  });
  const metadata = async (): Promise<string> => await (await fetch(`${url}/saml2/idp/metadata.php`)).text();
  await untilAnswers(metadata);
  return {
    url,
    metadata,
    know,
    tile: (entityId, relayState) =>
      `${url}/saml2/idp/SSOService.php?spentityid=${encodeURIComponent(entityId)}` +
      (relayState === "" ? "" : `&RelayState=${encodeURIComponent(relayState)}`),
    async [Symbol.asyncDispose]() {
      child.kill();
      await child.exited;
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

/** A port nobody had a moment ago: its configuration has to name it before it starts. */
export function freePort(): number {
  const listener = Bun.listen({ hostname: "127.0.0.1", port: 0, socket: { data: () => undefined } });
  const { port } = listener;
  listener.stop(true);
  return port;
}

async function untilAnswers(ask: () => Promise<string>): Promise<void> {
  const endMs = performance.now() + START_MS;
  for (;;) {
    const text = await ask().catch(() => "");
    if (text.includes("EntityDescriptor")) return;
    if (performance.now() > endMs) throw new Error(`SimpleSAMLphp did not start: ${text.slice(0, 500)}`);
    await Bun.sleep(100);
  }
}

const configPhp = (directory: string, url: string): string => `<?php
$config = [
  'baseurlpath' => '${url}/',
  'application' => ['baseURL' => '${url}/'],
  'certdir' => '${directory}/cert/', 'loggingdir' => '${directory}/log/', 'datadir' => '${directory}/data/',
  'tempdir' => '${directory}/tmp', 'metadatadir' => '${directory}/metadata/',
  'secretsalt' => 'only-for-this-test-and-its-directory', 'auth.adminpassword' => 'only-for-this-test',
  'technicalcontact_name' => 'Test', 'technicalcontact_email' => 'test@example.com', 'timezone' => 'UTC',
  'logging.level' => 7, 'logging.handler' => 'file', 'logging.logfile' => 'ssp.log',
  'showerrors' => true, 'errorreporting' => false, 'trusted.url.domains' => null,
  'enable.saml20-idp' => true, 'module.enable' => ['exampleauth' => true, 'core' => true, 'saml' => true],
  'session.duration' => 28800, 'session.datastore.timeout' => 14400, 'session.state.timeout' => 3600,
  'session.cookie.name' => 'SimpleSAMLSessionID', 'session.cookie.secure' => false, 'session.cookie.samesite' => null,
  'session.phpsession.cookiename' => 'SimpleSAML', 'session.phpsession.savepath' => '${directory}/sessions',
  'session.phpsession.httponly' => true, 'session.authtoken.cookiename' => 'SimpleSAMLAuthToken',
  'store.type' => 'phpsession', 'language.default' => 'en', 'theme.use' => 'default', 'production' => false,
  'metadata.sources' => [['type' => 'flatfile'], ['type' => 'xml', 'file' => '${directory}/metadata/sp.xml']],
];
`;

const authSourcesPhp = `<?php
$config = [
  'admin' => ['core:AdminPassword'],
  'people' => ['exampleauth:UserPass',
    'carol:${SAML_PEOPLE.carol}' => ['uid' => ['carol'], 'cn' => ['Carol Jones'], 'mail' => ['carol@example.com'],
      'groups' => ['Support', 'Admins']],
    'dave:${SAML_PEOPLE.dave}' => ['uid' => ['dave'], 'cn' => ['Dave Green'], 'mail' => ['dave@example.com'],
      'groups' => ['Desk']],
  ],
];
`;

const BINDING = "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-";

const hostedPhp = ({
  isEncrypted = false,
  isNameEncrypted = false,
  signsOutByPost = false,
}: SimpleSamlPhpOptions): string => `<?php
$metadata['__DYNAMIC:1__'] = [
  'host' => '__DEFAULT__', 'privatekey' => 'idp.pem', 'certificate' => 'idp.crt', 'auth' => 'people',
  'saml20.sign.response' => true, 'saml20.sign.assertion' => true, 'redirect.sign' => true, 'redirect.validate' => true,
  'SingleLogoutServiceBinding' => '${BINDING}${signsOutByPost ? "POST" : "Redirect"}',
  'sign.logout' => true, 'assertion.encryption' => ${isEncrypted}, 'nameid.encryption' => ${isNameEncrypted},
  'NameIDFormat' => 'urn:oasis:names:tc:SAML:2.0:nameid-format:persistent',
  'authproc' => [10 => ['class' => 'saml:AttributeNameID', 'attribute' => 'uid',
    'Format' => 'urn:oasis:names:tc:SAML:2.0:nameid-format:persistent']],
];
`;

const EMPTY_METADATA = `<?xml version="1.0"?>
<md:EntityDescriptor xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata" entityID="urn:nobody">
<md:SPSSODescriptor protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol">
<md:AssertionConsumerService index="0" Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST" Location="https://nobody.example/acs"/>
</md:SPSSODescriptor></md:EntityDescriptor>`;
