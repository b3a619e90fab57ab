/** Who looks at the page: the site they reached, their account, and whether their sign-in still stands. */
import { Nothing } from "../../protocol/api/common.ts";
import { Account, type SetUp, Site } from "../../protocol/api/sign-in.ts";
import { AppError } from "../../protocol/errors.ts";
import type { Permission } from "../../protocol/permissions.ts";
import { api } from "../connection/api.ts";
import { toasts } from "../kit/toasts.svelte.ts";
import { language } from "../languages/language.ts";
import { signOutOf, type SignOutReach } from "../sign-in/sign-out.ts";

class Visitor {
  site: Site | null = $state.raw(null);
  account: Account | null = $state.raw(null);
  /** The first questions have been answered. */
  isKnown = $state(false);
  error: Error | null = $state.raw(null);
  /** What the sign-in page says above the form, such as that one has signed out. */
  notice = $state("");
  /** The sign-in ended while a page was open; the page stays as it is behind the question. */
  isSignInLost = $state(false);
  /** Counts sign-ins: a page that asks the server looks at it and asks again after one; what is typed in it stays. */
  signIns = $state(0);

  constructor() {
    api.onSignInRequired(() => {
      if (this.account !== null) this.isSignInLost = true;
    });
  }

  /** Asks which site this is and who is signed in. */
  async start(): Promise<void> {
    this.error = null;
    try {
      this.site = await api.get("/api/site", Site);
      if (this.site.isSetUp) await this.#findAccount();
      this.isKnown = true;
    } catch (error) {
      this.error = error instanceof Error ? error : new Error(String(error));
    }
  }

  /** @throws {AppError} what is wrong with the set-up */
  async setUp(setUp: SetUp): Promise<void> {
    await api.post("/api/set-up", setUp, Nothing);
    this.notice = "The site is set up. Sign in with the account you just made.";
    await this.start();
  }

  /** The sign-in's cookie is there: asks who that is. @throws {AppError} */
  async enter(): Promise<void> {
    await this.#askAccount();
    this.site = await api.get("/api/site", Site);
    this.notice = "";
    this.isSignInLost = false;
    this.signIns += 1;
  }

  /** @throws {AppError} when the server did not hear of it */
  async signOut(reach: SignOutReach): Promise<void> {
    await signOutOf("login", reach);
    this.account = null;
    toasts.dismissAll();
    this.notice =
      "You are signed out of administration. The representative console has its own sign-in and is not affected.";
  }

  can(permission: Permission): boolean {
    return this.account?.permissions.includes(permission) ?? false;
  }

  async #askAccount(): Promise<void> {
    this.account = await api.get("/api/login/account", Account);
    if (this.account.language !== undefined) language.follow({ account: this.account.language });
  }

  async #findAccount(): Promise<void> {
    try {
      await this.#askAccount();
    } catch (error) {
      if (!(error instanceof AppError) || error.code !== "sign_in.required") throw error;
      this.account = null;
    }
  }
}

/** The page's visitor. */
export const visitor = new Visitor();
