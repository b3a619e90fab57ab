/** Who looks at /appliance: what it tells anybody, who is signed in, and whether that sign-in still stands. */
import { Nothing } from "../../protocol/api/common.ts";
import { ApplianceAccount, ApplianceStart } from "../../protocol/api/appliance/access.ts";
import { AppError } from "../../protocol/errors.ts";
import { api } from "../connection/api.ts";
import { toasts } from "../kit/toasts.svelte.ts";

class Visitor {
  about: ApplianceStart | null = $state.raw(null);
  account: ApplianceAccount | null = $state.raw(null);
  /** The first questions have been answered. */
  isKnown = $state(false);
  error: Error | null = $state.raw(null);
  /** What the sign-in page says above the form, such as that one has signed out. */
  notice = $state("");
  /** The sign-in ended while a page was open; the page stays as it is behind the question. */
  isSignInLost = $state(false);
  /** Counts sign-ins: a page that asks the server looks at it and asks again after one. */
  signIns = $state(0);

  constructor() {
    api.onSignInRequired(() => {
      if (this.account !== null) this.isSignInLost = true;
    });
  }

  /** Asks which appliance this is and who is signed in. */
  async start(): Promise<void> {
    this.error = null;
    try {
      this.about = await api.get("/api/appliance/start", ApplianceStart);
      await this.#findAccount();
      this.isKnown = true;
    } catch (error) {
      this.error = error instanceof Error ? error : new Error(String(error));
    }
  }

  /** The sign-in's cookie is there: asks who that is. @throws {AppError} */
  async enter(): Promise<void> {
    await this.reload();
    this.about = await api.get("/api/appliance/start", ApplianceStart);
    this.notice = "";
    this.isSignInLost = false;
    this.signIns += 1;
  }

  /** Asks again what stands in one's own account. @throws {AppError} */
  async reload(): Promise<void> {
    this.account = await api.get("/api/appliance/account", ApplianceAccount);
  }

  /** Ends the sign-in, and says so when that did not work. */
  async signOut(): Promise<void> {
    try {
      await api.post("/api/appliance/sign-out", {}, Nothing);
    } catch (error) {
      toasts.failed("You are still signed in", error);
      return;
    }
    this.leave("You are signed out of the appliance.");
  }

  /** Back to the sign-in page. */
  leave(notice: string): void {
    this.isSignInLost = false;
    this.account = null;
    toasts.dismissAll();
    this.notice = notice;
  }

  async #findAccount(): Promise<void> {
    try {
      await this.reload();
    } catch (error) {
      if (!(error instanceof AppError) || error.code !== "sign_in.required") throw error;
      this.account = null;
    }
  }
}

/** The page's visitor. */
export const visitor = new Visitor();
