/** An OpenID Connect provider on loopback that does what no good one does: it stands still, it never ends, its clock is off. */
import { createSign, generateKeyPairSync } from "node:crypto";
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** What it does at one of its addresses. */
export type Unruliness =
  "right" | "silent" | "half a head" | "half a body" | "endless body" | "no JSON" | "error page" | "another key";
type Place = "/.well-known/openid-configuration" | "/jwks" | "/token" | "/me";

export interface UnrulyOidcPeer extends AsyncDisposable {
  readonly issuer: string;
  /** How it behaves where; "right" everywhere else. */
  readonly at: Map<Place, Unruliness>;
  /** When its tokens were made and run out, in seconds from now. */
  readonly times: { issued: number; expires: number };
  /** Its tokens are for the sign-in of this nonce. */
  nonce: string;
  /** Bytes of bodies it could write. */
  readonly written: number;
}

const makeKeys = () => generateKeyPairSync("rsa", { modulusLength: 2048 });
const [own, another] = [makeKeys(), makeKeys()];
const CHUNK = Buffer.alloc(64 << 10, " ");
const MAX_WRITTEN_BYTES = 64 << 20;

export async function startUnrulyOidcPeer(clientId: string): Promise<UnrulyOidcPeer> {
  const at = new Map<Place, Unruliness>();
  const times = { issued: 0, expires: 300 };
  const state = { nonce: "", written: 0 };
  const answers = (issuer: string): Readonly<Record<Place, () => unknown>> => ({
    "/.well-known/openid-configuration": () => discovery(issuer),
    "/jwks": () => {
      const key = at.get("/jwks") === "another key" ? another.publicKey : own.publicKey;
      return { keys: [{ ...key.export({ format: "jwk" }), kid: "1", alg: "RS256", use: "sig" }] };
    },
    "/token": () => ({
      ...{ access_token: "access", token_type: "Bearer", expires_in: 300 },
      id_token: idToken({ iss: issuer, aud: clientId, sub: "carol", nonce: state.nonce, ...absolute(times) }),
    }),
    "/me": () => ({ sub: "carol", preferred_username: "carol" }),
  });
  const server = createServer((request, response) => {
    const place = new URL(request.url ?? "/", "http://x").pathname as Place;
    const text = JSON.stringify(answers(issuer)[place]?.() ?? {});
    behave(at.get(place) ?? "right", text, response, (bytes) => (state.written += bytes));
  });
  await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    ...{ issuer, at, times },
    get nonce() {
      return state.nonce;
    },
    set nonce(nonce) {
      state.nonce = nonce;
    },
    get written() {
      return state.written;
    },
    [Symbol.asyncDispose]: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}

const discovery = (issuer: string) => ({
  ...{ issuer, authorization_endpoint: `${issuer}/auth`, token_endpoint: `${issuer}/token` },
  ...{ jwks_uri: `${issuer}/jwks`, userinfo_endpoint: `${issuer}/me`, response_types_supported: ["code"] },
  ...{ subject_types_supported: ["public"], id_token_signing_alg_values_supported: ["RS256"] },
});

const absolute = ({ issued, expires }: UnrulyOidcPeer["times"]) => {
  const now = Math.floor(Date.now() / 1000);
  return { iat: now + issued, nbf: now + issued, exp: now + expires };
};

function idToken(claims: object): string {
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString("base64url");
  const signed = `${part({ alg: "RS256", kid: "1" })}.${part(claims)}`;
  return `${signed}.${createSign("sha256").update(signed).sign(own.privateKey, "base64url")}`;
}

function behave(how: Unruliness, text: string, response: ServerResponse, wrote: (bytes: number) => void): void {
  if (how === "silent") return;
  if (how === "half a head") return void response.socket?.write("HTTP/1.1 200 OK\r\nContent-Type: appl");
  response.writeHead(how === "error page" ? 503 : 200, {
    "content-type": how === "no JSON" || how === "error page" ? "text/html" : "application/json",
  });
  if (how === "half a body") return void response.write(text.slice(0, text.length / 2));
  if (how === "endless body") return writeOn(response, wrote);
  response.end(how === "right" || how === "another key" ? text : "<p>Nothing here</p>");
}

function writeOn(response: ServerResponse, wrote: (bytes: number) => void): void {
  let total = 0;
  const next = (): void => {
    if (response.destroyed || total >= MAX_WRITTEN_BYTES) return;
    total += CHUNK.length;
    response.write(CHUNK, (error) => {
      if (error != null) return;
      wrote(CHUNK.length);
      setImmediate(next);
    });
  };
  next();
}
