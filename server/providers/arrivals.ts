/** The edge where people come back from identity providers: forms and queries in, redirects with cookies out. */
import type { Area } from "../../protocol/api/sign-in.ts";
import type { TestResult } from "../../protocol/api/providers.ts";
import { AppError } from "../../protocol/errors.ts";
import type { Actor } from "../actor.ts";
import { networkOf } from "../address.ts";
import type { Clock } from "../clock.ts";
import type { Log } from "../log.ts";
import { signInCookie } from "../sign-in/cookies.ts";
import { TokenBuckets } from "../sign-in/token-bucket.ts";
import { attemptOf, type Notices } from "./notices.ts";
import type { CameBack, Departure, ProviderSignIns } from "./provider-sign-ins.ts";
import { isOidc, isSaml, type Provider } from "./provider.ts";
import type { Providers } from "./providers.ts";
import { codeOf, detailedMessage, refuse } from "./refusal.ts";
import type { RefusalNotes } from "./refusal-notes.ts";
import { postingPage } from "./saml/outgoing.ts";
import type { ArrivedSignOut } from "./saml/saml-messages.ts";
import type { SamlWay } from "./saml/saml-way.ts";
import type { OidcWay } from "./oidc/oidc-way.ts";
import { forgetStepCookie } from "./sign-in-steps.ts";

/** A whole office may share an address; at 17 ms for the worst message a stranger takes a twelfth of the loop. */
const perAddress = { capacity: 300, refillPerMinute: 300, maxKeys: 20_000 };

export interface ArrivalsNeeds {
  readonly clock: Clock;
  readonly log: Log;
  readonly providers: Providers;
  readonly providerSignIns: ProviderSignIns;
  readonly refusals: RefusalNotes;
  readonly notices: Notices;
  readonly saml: SamlWay;
  readonly oidc: OidcWay;
}

/** Where a request came from, as the handler knows it. */
export interface Visitor {
  readonly address: string;
  readonly userAgent: string;
  readonly cookies: string | null;
}

export class Arrivals {
  readonly #needs: ArrivalsNeeds;
  readonly #attempts = new TokenBuckets(perAddress);
  constructor(needs: ArrivalsNeeds) {
    this.#needs = needs;
  }

  /** Sends a browser away to sign in. What fails is told on the area's sign-in page. */
  async depart(providerId: string, area: Area, visitor: Visitor): Promise<Response> {
    return await this.#guarded(providerId, area, visitor, async (provider) => {
      if (!provider.isEnabled) refuse("provider.off");
      const { url, cookie } = await this.#begin(provider, area, null);
      return redirect(url, [cookie]);
    });
  }

  /**
   * The address an administrator's browser opens to try a provider, on or off, with the cookie it needs there, and this
   * try's name.
   * @throws {AppError} what already fails on the way there, in detail
   */
  async departForTest(
    provider: Provider,
    by: Pick<Actor, "id" | "address">,
  ): Promise<Omit<Departure, "requestId"> & { readonly attempt: string }> {
    const { notices, refusals } = this.#needs;
    try {
      const { url, cookie, requestId } = await this.#begin(provider, "login", by.id);
      const attempt = attemptOf(requestId);
      await notices.keepTestResult({ provider: provider.id, by: by.id, attempt }, testWaiting);
      return { url, cookie, attempt };
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      await refusals.note(provider, error, by.address);
      throw new AppError(error.code, detailedMessage(error), { cause: error });
    }
  }

  /** A SAML answer, posted by the identity provider's page. */
  async samlAnswer(providerId: string, form: SamlForm, visitor: Visitor): Promise<Response> {
    return await this.#guarded(
      providerId,
      form.relayState === "console" ? "console" : "login",
      visitor,
      async (provider) => {
        if (!isSaml(provider)) return notHere();
        const posted = { ...form, cookies: visitor.cookies };
        return await this.#arrive(provider, visitor, () => this.#needs.saml.open(provider, posted));
      },
    );
  }

  /** OIDC's redirect back. */
  async oidcAnswer(providerId: string, url: URL, visitor: Visitor): Promise<Response> {
    return await this.#guarded(providerId, "login", visitor, async (provider) => {
      if (!isOidc(provider)) return notHere();
      return await this.#arrive(provider, visitor, () => this.#needs.oidc.open(provider, url, visitor.cookies));
    });
  }

  /** A sign-out message of a SAML provider. */
  async samlSignOut(providerId: string, arrived: ArrivedSignOut, visitor: Visitor): Promise<Response> {
    return await this.#guarded(providerId, "login", visitor, async (provider) => {
      if (!isSaml(provider)) return notHere();
      const out = await this.#needs.saml.signOut(provider, arrived);
      return "url" in out ? redirect(out.url, []) : postingPage(out.form);
    });
  }

  async #begin(provider: Provider, area: Area, testBy: string | null): Promise<Departure> {
    if (isSaml(provider)) return await this.#needs.saml.begin(provider, area, testBy);
    if (isOidc(provider)) return await this.#needs.oidc.begin(provider, area, testBy);
    throw new AppError("not_found", "This provider has no sign-in page to be sent to.");
  }

  async #arrive(provider: Provider, visitor: Visitor, open: () => Promise<CameBack>): Promise<Response> {
    const back = await open();
    const forget = back.requestId === null ? [] : [forgetStepCookie(back.requestId)];
    if (back.testBy !== null) return await this.#arriveFromTest(provider, back, back.testBy, visitor, forget);
    let name = "";
    try {
      if (!provider.isEnabled) refuse("provider.off");
      const proof = await back.prove();
      name = proof.person.defaultUsername;
      const { address, userAgent } = visitor;
      const token = await this.#needs.providerSignIns.signIn(provider, proof, back.area, { address, userAgent });
      return redirect(`/${back.area}`, [signInCookie(back.area, token), ...forget]);
    } catch (error) {
      return await this.#refused(provider, back.area, visitor, error, name);
    }
  }

  async #arriveFromTest(
    provider: Provider,
    { prove, requestId }: CameBack,
    by: string,
    { address }: Visitor,
    cookies: readonly string[],
  ): Promise<Response> {
    const { providerSignIns, notices, refusals } = this.#needs;
    // A test is a step, which is found by its request's id.
    const test = { provider: provider.id, by, attempt: attemptOf(requestId ?? "") };
    const attributes: TestResult["attributes"] = [];
    try {
      const { person } = await prove();
      attributes.push({ name: NAME_AT_PROVIDER, values: [person.externalId] });
      attributes.push(...Array.from(person.attributes, ([name, values]) => ({ name, values: [...values] })));
      const wouldBe = await providerSignIns.preview(provider, person);
      const message = "The provider's answer is right. Nothing was changed by this test.";
      await notices.keepTestResult(test, { state: "succeeded", code: null, message, attributes, wouldBe });
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      await refusals.note(provider, error, address);
      const message = detailedMessage(error);
      const result = { state: "refused", code: codeOf(error), message, attributes, wouldBe: null } as const;
      await notices.keepTestResult(test, result);
    }
    return testDone(cookies);
  }

  /** Whatever is refused becomes a redirect to the sign-in page, which shows the sentences. */
  async #guarded(
    providerId: string,
    area: Area,
    visitor: Visitor,
    work: (provider: Provider) => Promise<Response>,
  ): Promise<Response> {
    if (!this.#attempts.take(networkOf(visitor.address), this.#needs.clock.monotonicMs()))
      throw new AppError("sign_in.throttled", "Too many attempts in a short time. Wait a minute and try again.");
    const provider = await this.#needs.providers.get(providerId);
    try {
      return await work(provider);
    } catch (error) {
      return await this.#refused(provider, area, visitor, error, "");
    }
  }

  async #refused(provider: Provider, area: Area, visitor: Visitor, error: unknown, name: string): Promise<Response> {
    const { refusals, notices, log } = this.#needs;
    if (!(error instanceof AppError)) {
      log.error("an identity provider's answer failed", error);
      throw error;
    }
    await refusals.note(provider, error, visitor.address, name);
    return redirect(`/${area}?refused=${await notices.keepRefusal(codeOf(error), error.message)}`, []);
  }
}

/** The fields of the form a SAML answer comes by. */
export interface SamlForm {
  readonly response: string;
  readonly relayState: string;
}

const NAME_AT_PROVIDER = "(name at the provider)";

/** What a test says until the administrator's browser is back. */
const testWaiting: TestResult = {
  state: "waiting",
  code: null,
  message: "Waiting for the identity provider's answer.",
  attributes: [],
  wouldBe: null,
};

const notHere = (): never => {
  throw new AppError("not_found", "There is nothing at this address.");
};

/** 303: whatever came, the browser goes on with a GET. */
function redirect(url: string, cookies: readonly string[]): Response {
  const response = new Response(null, { status: 303, headers: { location: url, "cache-control": "no-store" } });
  for (const cookie of cookies) response.headers.append("set-cookie", cookie);
  return response;
}

function testDone(cookies: readonly string[]): Response {
  const text =
    "The test is done. Nothing was changed. Close this window: the result stands in the one you came from.\n";
  const response = new Response(text, { headers: { "content-type": "text/plain; charset=utf-8" } });
  for (const cookie of cookies) response.headers.append("set-cookie", cookie);
  return response;
}
