/** A person's way through an OpenID Connect provider: authorization code with PKCE, state and nonce. */
import type { Area } from "../../../protocol/api/sign-in.ts";
import type { Clock } from "../../clock.ts";
import type { Database } from "../../database/database.ts";
import type { PublicAddress } from "../../site/public-address.ts";
import { newToken } from "../../sign-in/token.ts";
import { addressesOf } from "../provider-addresses.ts";
import { AtOnce } from "../at-once.ts";
import type { CameBack, Departure } from "../provider-sign-ins.ts";
import type { OidcProvider } from "../provider.ts";
import { refuse } from "../refusal.ts";
import type { SignInSteps } from "../sign-in-steps.ts";

/** A provider that stands still holds at most so many of its sign-ins; the next is told at once. */
const MAX_RUNNING = 40;

export interface OidcWayNeeds {
  readonly database: Database;
  readonly clock: Clock;
  readonly publicAddress: PublicAddress;
  readonly steps: SignInSteps;
}

export class OidcWay {
  readonly #needs: OidcWayNeeds;
  readonly #asking = new AtOnce(
    MAX_RUNNING,
    "The identity provider is slow and many are waiting. Try again in a minute.",
  );
  constructor(needs: OidcWayNeeds) {
    this.#needs = needs;
  }

  /** Where the browser goes, and the cookie it takes along. @throws {ProviderRefusal} provider.unreachable, oidc.* */
  async begin(provider: OidcProvider, area: Area, testBy: string | null): Promise<Departure> {
    const { signInUrl } = await messages();
    const redirectUrl = await this.#redirectUrl(provider);
    const [state, nonce, verifier] = [newToken(), newToken(), newToken()];
    const request = { redirectUrl, state, nonce, verifier };
    const url = await this.#asking.run(provider.id, () => signInUrl(provider, request));
    const cookie = await this.#needs.steps.begin(state, { provider: provider.id, area, testBy, nonce, verifier });
    return { url, cookie, requestId: state };
  }

  /** Takes the answer's step by its state. @throws {ProviderRefusal} */
  async open(provider: OidcProvider, came: URL, cookies: string | null): Promise<CameBack> {
    const states = came.searchParams.getAll("state");
    if (states.length !== 1) refuse("request.unknown", "state");
    const [state] = states as [string];
    const { database, steps } = this.#needs;
    const step = await database.transaction((tx) => steps.take(tx, state, provider.id, cookies));
    const { area, testBy, nonce, verifier } = step;
    if (nonce === undefined || verifier === undefined) return refuse("request.unknown", "another kind of provider");
    const prove = async () => {
      const { exchange } = await messages();
      const answer = new URL(await this.#redirectUrl(provider));
      answer.search = came.search;
      const request = { state, nonce, verifier };
      return { person: await this.#asking.run(provider.id, () => exchange(provider, answer, request)) };
    };
    return { prove, area, testBy, requestId: state };
  }

  async #redirectUrl(provider: OidcProvider): Promise<string> {
    return addressesOf(await this.#needs.publicAddress.origin(), provider.id).redirectUrl;
  }
}

/** openid-client is loaded when the first OIDC provider is used. */
const messages = () => import("./oidc-messages.ts");
