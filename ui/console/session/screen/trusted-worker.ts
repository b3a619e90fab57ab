/** Starts the viewer worker where Trusted Types want to know where a script comes from. */
import * as worker from "./viewer-worker.ts?worker&url";

const address = worker.default;

/** The part of the Trusted Types API used here; TypeScript's DOM does not have it. */
interface TrustedTypes {
  createPolicy(
    name: string,
    rules: { readonly createScriptURL: (url: string) => string },
  ): { createScriptURL(url: string): string };
}

const trustedTypes = (globalThis as { readonly trustedTypes?: TrustedTypes }).trustedTypes;
/** A page makes a policy of one name once. It lets exactly one script through: our own. */
const policy = trustedTypes?.createPolicy("causeway-screen-worker", { createScriptURL: () => address });

export function startViewerWorker(): Worker {
  return new Worker(policy?.createScriptURL(address) ?? address, { type: "module" });
}
