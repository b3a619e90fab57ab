/** A person's way through a SAML identity provider, and out again. */
import type { Area } from "../../../protocol/api/sign-in.ts";
import type { Refusal } from "../../../protocol/errors.ts";
import type { Actor } from "../../actor.ts";
import type { Clock } from "../../clock.ts";
import type { Database } from "../../database/database.ts";
import type { PublicAddress } from "../../site/public-address.ts";
import type { SignIns } from "../../sign-in/sign-ins.ts";
import { addressesOf } from "../provider-addresses.ts";
import type { CameBack, Departure, ProviderSignIns } from "../provider-sign-ins.ts";
import type { SamlProvider } from "../provider.ts";
import { refuse } from "../refusal.ts";
import type { SignInSteps, Step } from "../sign-in-steps.ts";
import { findProviderSession, findSessionsOf } from "../step-store.ts";
import type { Outgoing } from "./outgoing.ts";
import type { ArrivedSignOut, SamlPeer } from "./saml-messages.ts";

export interface SamlWayNeeds {
  readonly database: Database;
  readonly clock: Clock;
  readonly publicAddress: PublicAddress;
  readonly signIns: SignIns;
  readonly steps: SignInSteps;
  readonly providerSignIns: ProviderSignIns;
}

/** The form a browser posts. */
export interface PostedAnswer {
  readonly response: string;
  readonly relayState: string;
  readonly cookies: string | null;
}

export class SamlWay {
  readonly #needs: SamlWayNeeds;
  constructor(needs: SamlWayNeeds) {
    this.#needs = needs;
  }

  /** Where the browser goes, and the cookie it takes along. */
  async begin(provider: SamlProvider, area: Area, testBy: string | null): Promise<Departure> {
    const { clock, steps } = this.#needs;
    const { signInUrl } = await messages();
    const id = newRequestId();
    const url = signInUrl(await this.#peer(provider), id, clock.now());
    return { url, cookie: await steps.begin(id, { provider: provider.id, area, testBy }), requestId: id };
  }

  /**
   * Takes the answer's step. Proving it uses its assertion up, whatever comes of the sign-in.
   * @throws {ProviderRefusal}
   */
  async open(provider: SamlProvider, posted: PostedAnswer): Promise<CameBack> {
    const { readPosted, prove } = await messages();
    const response = readPosted(posted.response);
    const requestId = response.inResponseTo;
    const step = requestId === null ? null : await this.#takeStep(provider, requestId, posted.cookies);
    if (step === null && !provider.config.allowsIdpInitiated) refuse("request.unasked");
    const peer = await this.#peer(provider);
    return {
      area: step?.area ?? areaOfRelayState(posted.relayState),
      testBy: step?.testBy ?? null,
      requestId,
      prove: async () => {
        const { clock, database, providerSignIns } = this.#needs;
        const proof = prove(peer, response, requestId, clock.now().getTime());
        const { assertionId, usableUntilMs } = proof;
        await database.transaction((tx) => providerSignIns.useOnce(tx, provider.id, assertionId, usableUntilMs));
        return proof;
      },
    };
  }

  /**
   * How a signed-in person's browser goes to sign out at the provider, too; `null` when there is no such place. The sign-in
   * itself is ended by the caller.
   */
  async signOutThere(provider: SamlProvider, actor: Pick<Actor, "signIn">): Promise<Outgoing | null> {
    const { clock, database } = this.#needs;
    const session = await findProviderSession(database.queries, actor.signIn);
    if (session === null || session.provider !== provider.id) return null;
    const { signOutRequest } = await messages();
    return signOutRequest(await this.#peer(provider), session, newRequestId(), clock.now());
  }

  /**
   * Takes a sign-out message of the provider's: ends the sign-ins it means and says how the browser goes on with our answer,
   * or, for an answer to ours, to the sign-in page.
   * @throws {ProviderRefusal}
   */
  async signOut(provider: SamlProvider, arrived: ArrivedSignOut): Promise<Outgoing> {
    const { clock, database, providerSignIns, signIns } = this.#needs;
    const { readSignOut, signOutAnswer } = await messages();
    const peer = await this.#peer(provider);
    const message = readSignOut(peer, arrived, clock.now().getTime());
    if (message.kind === "response") return { url: "/login" };
    const ended = await database.transaction(async (tx) => {
      await providerSignIns.useOnce(tx, provider.id, `logout ${message.id}`, message.usableUntilMs);
      const meant = await findSessionsOf(tx, provider.id, message.nameId, message.sessionIndexes);
      const gone = [];
      for (const signIn of meant) gone.push(...(await signIns.endIn(tx, { signIn })));
      return gone;
    });
    signIns.announce(ended, endedByProvider);
    return signOutAnswer(peer, message, newRequestId(), clock.now());
  }

  /** This site's metadata for the provider, XML. */
  async metadata(provider: SamlProvider): Promise<string> {
    const { ourMetadata } = await import("./our-metadata.ts");
    const { ours } = await this.#peer(provider);
    const certificates = (provider.secrets.signingKeys ?? []).map(({ certificatePem }) => certificatePem);
    const { signsRequests, allowsCbc } = provider.config;
    return ourMetadata({ ...ours, certificates, signsRequests, allowsCbc });
  }

  async #takeStep(provider: SamlProvider, requestId: string, cookies: string | null): Promise<Step> {
    const { database, steps } = this.#needs;
    return await database.transaction((tx) => steps.take(tx, requestId, provider.id, cookies));
  }

  async #peer(provider: SamlProvider): Promise<SamlPeer> {
    return { provider, ours: addressesOf(await this.#needs.publicAddress.origin(), provider.id) };
  }
}

/** LOGIN-21, LOGIN-22: exactly this word, or /login. It is never an address. */
const areaOfRelayState = (relayState: string): Area => (relayState === "console" ? "console" : "login");

/** 160 random bits; an XML id does not begin with a digit. */
const newRequestId = (): string => `_${Buffer.from(crypto.getRandomValues(new Uint8Array(20))).toString("hex")}`;

/** The XML libraries are loaded when the first SAML provider is used: most sites' memory never holds them. */
const messages = () => import("./saml-messages.ts");

const endedByProvider: Refusal = {
  code: "sign_in.required",
  message: "Your identity provider signed you out. Sign in again.",
};
