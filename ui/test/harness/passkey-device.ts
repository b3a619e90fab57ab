import type { CDPSession, Page } from "playwright-core";

/** Where a key is: in the computer itself, or plugged in. */
export type Transport = "internal" | "usb";

/** A key that keeps passkeys and checks its person, as Chromium itself plays it for one page. */
export class PasskeyDevice implements AsyncDisposable {
  private constructor(
    private readonly debug: CDPSession,
    private readonly id: string,
  ) {}

  static async connect(page: Page, transport: Transport): Promise<PasskeyDevice> {
    const debug = await page.context().newCDPSession(page);
    await debug.send("WebAuthn.enable");
    const { authenticatorId } = await debug.send("WebAuthn.addVirtualAuthenticator", {
      options: {
        protocol: "ctap2",
        transport,
        hasResidentKey: true,
        hasUserVerification: true,
        isUserVerified: true,
        automaticPresenceSimulation: true,
      },
    });
    return new PasskeyDevice(debug, authenticatorId);
  }

  /** How many passkeys it holds. */
  async count(): Promise<number> {
    return (await this.debug.send("WebAuthn.getCredentials", { authenticatorId: this.id })).credentials.length;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.debug.send("WebAuthn.removeVirtualAuthenticator", { authenticatorId: this.id });
    await this.debug.detach();
  }
}
