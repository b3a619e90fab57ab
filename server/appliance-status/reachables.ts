/** What the core's own settings name: the site's address, name servers, time servers, the mail server, providers. */
import { lookup } from "node:dns/promises";
import { connect } from "node:net";
import type { Core } from "../core.ts";
import type { Provider } from "../providers/provider.ts";
import type { Reachable } from "./connection-test.ts";

const HTTPS_PORT = 443;

/** As it is set up now. */
export async function ownReachables(core: Core): Promise<readonly Reachable[]> {
  return [
    ...(await gatewayAddress(core)),
    ...systemServices(core),
    ...(await mailServer(core)),
    ...(await core.providers.providers.all()).filter(({ isEnabled }) => isEnabled).flatMap(ofProvider),
  ];
}

/** Opens a connection and closes it. */
export function reachPort(host: string, port: number): Reachable["reach"] {
  return async (signal) => {
    const { promise, resolve, reject } = Promise.withResolvers<string>();
    const socket = connect({ host, port });
    const abort = (): void => void socket.destroy(new Error("no answer"));
    signal.addEventListener("abort", abort, { once: true });
    socket.once("connect", () => resolve("")).once("error", reject);
    try {
      return await promise;
    } finally {
      signal.removeEventListener("abort", abort);
      socket.destroy();
    }
  };
}

/** The port of an https address is reached. */
export function reachUrl(text: string): { readonly target: string; readonly reach: Reachable["reach"] } {
  const { hostname, port, protocol } = new URL(text);
  const number = port === "" ? (defaultPorts[protocol] ?? HTTPS_PORT) : Number(port);
  const host = hostname.replace(/^\[|\]$/gu, "");
  return { target: `${hostname}:${number}`, reach: reachPort(host, number) };
}

const defaultPorts: Readonly<Record<string, number>> = { "http:": 80, "https:": 443, "ldap:": 389, "ldaps:": 636 };

async function gatewayAddress({ publicAddress, settings }: Core): Promise<Reachable[]> {
  const { hostname } = await settings.read();
  const resolve = async (): Promise<string> => {
    await lookup(hostname);
    return "";
  };
  return [
    { use: "dns", target: hostname, reach: resolve },
    { use: "gateway-address", ...reachUrl(await publicAddress.origin()) },
  ];
}

function systemServices({ systemHelper }: Core): Reachable[] {
  if (!systemHelper.isThere) return [];
  const reach = async (signal: AbortSignal): Promise<string> => {
    const { isSynchronized } = await systemHelper.ask("clock.read", {}, { signal });
    return isSynchronized ? "" : "The clock is not set by any time server yet.";
  };
  return [{ use: "time", target: "NTP", reach }];
}

async function mailServer({ email }: Core): Promise<Reachable[]> {
  const { host, port } = await email.settings();
  return host === "" ? [] : [{ use: "email", target: `${host}:${port}`, reach: reachPort(host, port) }];
}

function ofProvider({ config }: Provider): Reachable[] {
  const urls = urlsOf(config);
  return urls.map((url) => ({ use: "provider", ...reachUrl(url) }));
}

function urlsOf(config: Provider["config"]): readonly string[] {
  if (config.kind === "oidc") return [config.issuer];
  if (config.kind === "ldap") return config.urls;
  // A browser goes to a SAML provider, and a SCIM one comes to us: nothing of theirs is reached from here.
  return [];
}
