/** Signing in to /appliance: a password, then the app's code where there is one; or a code from the console instead. */
import { ApplianceSignInAnswer } from "../../../protocol/api/appliance/access.ts";
import { Nothing } from "../../../protocol/api/common.ts";
import { AppError } from "../../../protocol/errors.ts";
import { api } from "../../connection/api.ts";

/** What the page asks for. */
export type EntryStep = "password" | "second-proof" | "console-code";

/** One way in, from the first field to the cookie. */
export class ApplianceSignIn {
  step: EntryStep = $state("password");
  username = $state("");
  /** What went wrong last, in words; "" for nothing. */
  problem = $state("");
  isBusy = $state(false);
  #token = "";

  /** @param onSignedIn called once the cookie is there */
  constructor(
    private readonly onSignedIn: () => Promise<void>,
    step: EntryStep = "password",
  ) {
    this.step = step;
  }

  async withPassword(password: string): Promise<void> {
    await this.#try(async () => {
      const body = { username: this.username.trim(), password };
      const answer = await api.post("/api/appliance/sign-in", body, ApplianceSignInAnswer);
      if (answer.state === "signed-in") return await this.onSignedIn();
      this.#token = answer.token;
      this.step = "second-proof";
    });
  }

  async withAppCode(code: string): Promise<void> {
    await this.#try(async () => {
      const body = { token: this.#token, code };
      await api.post("/api/appliance/sign-in/second-proof", body, ApplianceSignInAnswer);
      await this.onSignedIn();
    });
  }

  /** Makes the administrator of this name, or gives them this password. */
  async withConsoleCode(code: string, password: string): Promise<void> {
    await this.#try(async () => {
      const body = { code: code.trim(), username: this.username.trim(), password };
      await api.post("/api/appliance/with-code", body, Nothing);
      await this.onSignedIn();
    });
  }

  /** Shows another step. */
  show(step: EntryStep): void {
    this.step = step;
    this.problem = "";
  }

  /** What went wrong is shown; a step that ran out of time begins anew. */
  async #try(work: () => Promise<void>): Promise<void> {
    if (this.isBusy) return;
    this.isBusy = true;
    this.problem = "";
    try {
      await work();
    } catch (error) {
      if (error instanceof AppError && error.code === "sign_in.step_expired") this.step = "password";
      this.problem = error instanceof Error ? error.message : String(error);
    } finally {
      this.isBusy = false;
    }
  }
}
