/** A certified OpenID Connect provider (oidc-provider) on loopback, with its own pages to sign in. A real peer. */
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { Provider } from "oidc-provider";

export const OIDC_CLIENT = { id: "causeway", secret: "only-for-this-test-0123456789abcdef" } as const;

export interface OidcPeer extends AsyncDisposable {
  readonly issuer: string;
  /** What it says of a person, by the name typed there; may be changed. */
  readonly people: Map<string, Readonly<Record<string, unknown>>>;
  /** Makes a site's address one it sends people back to. */
  know(redirectUrl: string): void;
}

export async function startOidcPeer(): Promise<OidcPeer> {
  const people = new Map<string, Readonly<Record<string, unknown>>>();
  let answer: ReturnType<Provider["callback"]> | null = null;
  const server = createServer((request, response) => {
    if (answer === null) response.writeHead(503).end();
    else void answer(request, response);
  });
  const issuer = `http://127.0.0.1:${await listen(server)}`;
  return {
    issuer,
    people,
    know: (redirectUrl) => {
      answer = openProvider(issuer, redirectUrl, people).callback();
    },
    [Symbol.asyncDispose]: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}

function openProvider(issuer: string, redirectUrl: string, people: OidcPeer["people"]): Provider {
  return new Provider(issuer, {
    clients: [
      {
        client_id: OIDC_CLIENT.id,
        client_secret: OIDC_CLIENT.secret,
        redirect_uris: [redirectUrl],
        token_endpoint_auth_method: "client_secret_post",
      },
    ],
    claims: { openid: ["sub"], profile: ["name", "preferred_username"], email: ["email"], groups: ["groups"] },
    scopes: ["openid", "profile", "email", "groups"],
    findAccount: (_context, id) => ({
      accountId: id,
      claims: () => ({ sub: id, ...people.get(id) }),
    }),
    cookies: { keys: ["only-for-this-test"] },
    pkce: { required: () => true },
    ttl: { Session: 600, Interaction: 600, Grant: 600, AccessToken: 600, IdToken: 600, AuthorizationCode: 60 },
  });
}

const listen = (server: Server): Promise<number> =>
  new Promise((resolve) => {
    server.listen(0, "127.0.0.1", () => resolve((server.address() as AddressInfo).port));
  });
