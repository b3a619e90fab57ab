/** Signing in, step by step, the same in /login and /console. What each step shows stands in the components. */
import { Nothing } from "../../protocol/api/common.ts";
import {
  AuthenticatorAppSecret,
  ProviderWhere,
  SignInAnswer,
  SignInMethods,
  WebAuthnOptions,
} from "../../protocol/api/own-account.ts";
import { SignInRefusal } from "../../protocol/api/providers.ts";
import type { Area } from "../../protocol/api/sign-in.ts";
import { AppError } from "../../protocol/errors.ts";
import { api } from "../connection/api.ts";
import { providerRefusalInWords } from "../connection/provider-refusal-words.ts";
import { usePasskey } from "./web-authn.ts";

export type SignInStep =
  | { readonly name: "method" }
  | { readonly name: "forgot" }
  | {
      readonly name: "second-proof";
      readonly token: string;
      readonly hasAuthenticatorApp: boolean;
      readonly hasPasskey: boolean;
    }
  | { readonly name: "enrol"; readonly token: string; readonly app: { readonly uri: string; readonly secret: string } }
  | { readonly name: "new-password"; readonly token: string; readonly rules: string };

export class SignInFlow {
  methods: SignInMethods | null = $state.raw(null);
  step: SignInStep = $state.raw({ name: "method" });
  username = $state("");
  /** What went wrong last, in words; "" for nothing. */
  problem = $state("");
  /** Why a provider's answer was not taken; "" for nothing. */
  refusal = $state("");
  isBusy = $state(false);

  /** @param onSignedIn called once the area's cookie is there */
  constructor(
    private readonly area: Area,
    private readonly onSignedIn: () => Promise<void>,
  ) {}

  /** Asks what the page may offer. A server that does not say so offers passwords. */
  async start(): Promise<void> {
    await Promise.all([this.#learnMethods(), this.#tellRefusal()]);
  }

  /** Not as a step of the sign-in: whoever types faster than this is answered need not wait for it. */
  async #learnMethods(): Promise<void> {
    try {
      this.methods = await api.get("/api/sign-in-methods", SignInMethods);
    } catch (error) {
      this.problem = error instanceof Error ? error.message : String(error);
    }
  }

  /** A provider sent the person back, and it was not taken: the address says where the reason is. */
  async #tellRefusal(): Promise<void> {
    const token = new URLSearchParams(location.search).get("refused");
    if (token === null) return;
    history.replaceState(null, "", location.pathname);
    try {
      const { code, message } = await api.get(`/api/sign-in-refusals/${encodeURIComponent(token)}`, SignInRefusal);
      this.refusal = providerRefusalInWords(code, message);
    } catch (error) {
      this.refusal = error instanceof Error ? error.message : String(error);
    }
  }

  async withPassword(password: string): Promise<void> {
    await this.#try(async () => {
      const body = { username: this.username.trim(), password };
      await this.#follow(await api.post(`/api/${this.area}/sign-in`, body, SignInAnswer));
    });
  }

  async withPasskey(): Promise<void> {
    await this.#try(async () => {
      const credential = await this.#askPasskey({});
      if (credential !== null)
        await this.#follow(await api.post(`/api/${this.area}/sign-in/passkey`, { credential }, SignInAnswer));
    });
  }

  /** Leaves the page for the identity provider. */
  withProvider(id: string): void {
    location.assign(`/api/${this.area}/sign-in/with/${id}`);
  }

  /** Whether the address belongs to a provider; then the browser is already on its way there. */
  async withEmail(email: string): Promise<boolean> {
    const { provider } = await api.post(`/api/${this.area}/sign-in/where`, { email }, ProviderWhere);
    if (provider === null) return false;
    this.withProvider(provider);
    return true;
  }

  async proveByCode(code: string): Promise<void> {
    const { step } = this;
    if (step.name !== "second-proof" && step.name !== "enrol") return;
    await this.#try(async () => {
      const body = { token: step.token, code };
      await this.#follow(await api.post(`/api/${this.area}/sign-in/second-proof`, body, SignInAnswer));
    });
  }

  /** Without the app: one of the codes kept for that. */
  async proveByRecoveryCode(recoveryCode: string): Promise<void> {
    const { step } = this;
    if (step.name !== "second-proof") return;
    await this.#try(async () => {
      const body = { token: step.token, recoveryCode: recoveryCode.trim() };
      await this.#follow(await api.post(`/api/${this.area}/sign-in/second-proof`, body, SignInAnswer));
    });
  }

  async proveByPasskey(): Promise<void> {
    const { step } = this;
    if (step.name !== "second-proof") return;
    await this.#try(async () => {
      const passkey = await this.#askPasskey({ token: step.token });
      if (passkey === null) return;
      const body = { token: step.token, passkey };
      await this.#follow(await api.post(`/api/${this.area}/sign-in/second-proof`, body, SignInAnswer));
    });
  }

  async setPassword(password: string): Promise<void> {
    const { step } = this;
    if (step.name !== "new-password") return;
    await this.#try(async () => {
      const body = { token: step.token, password };
      await this.#follow(await api.post(`/api/${this.area}/sign-in/new-password`, body, SignInAnswer));
    });
  }

  /** The answer is the same whether the account exists or not. */
  async askResetLink(username: string): Promise<boolean> {
    return await this.#try(async () => {
      await api.post("/api/login/reset-link", { username: username.trim() }, Nothing);
    });
  }

  showForgot(): void {
    this.#show({ name: "forgot" });
  }

  /** Back to the first step, as somebody else. */
  restart(): void {
    this.#show({ name: "method" });
  }

  async #askPasskey(body: { readonly token?: string }): Promise<unknown> {
    const { options } = await api.post(`/api/${this.area}/sign-in/passkey-options`, body, WebAuthnOptions);
    return await usePasskey(options);
  }

  async #follow(answer: SignInAnswer): Promise<void> {
    if (answer.state === "signed-in") return await this.onSignedIn();
    if (answer.state === "second-proof") return this.#show({ name: "second-proof", ...answer });
    if (answer.state === "new-password") return this.#show({ name: "new-password", ...answer });
    const { token } = answer;
    const app = await api.post(`/api/${this.area}/sign-in/enrol-app`, { token }, AuthenticatorAppSecret);
    this.#show({ name: "enrol", token, app });
  }

  #show(step: SignInStep): void {
    this.step = step;
    this.problem = "";
    this.refusal = "";
  }

  /** Whether it worked; what went wrong is shown, and a step that ran out of time begins anew. */
  async #try(work: () => Promise<void>): Promise<boolean> {
    if (this.isBusy) return false;
    this.isBusy = true;
    this.problem = "";
    try {
      await work();
      return true;
    } catch (error) {
      if (error instanceof AppError && error.code === "sign_in.step_expired") this.step = { name: "method" };
      this.problem = error instanceof Error ? error.message : String(error);
      return false;
    } finally {
      this.isBusy = false;
    }
  }
}
