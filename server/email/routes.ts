import { Nothing } from "../../protocol/api/common.ts";
import { ChangeEmailSettings, EmailSettings, TestEmail } from "../../protocol/api/security.ts";
import { type Route, route } from "../route.ts";
import type { SignIns } from "../sign-in/sign-ins.ts";
import type { SiteSettings } from "../settings/settings.ts";
import type { Email } from "./email.ts";
import { mailTexts } from "./texts/mail-texts.ts";

export interface EmailRoutesNeeds {
  readonly email: Email;
  readonly settings: SiteSettings;
  readonly signIns: SignIns;
}

/** /api/login/email. */
export function emailRoutes({ email, settings, signIns }: EmailRoutesNeeds): Route[] {
  const path = "/api/login/email";
  return [
    route("GET", path, "security.view", { response: EmailSettings }, () => email.settings()),
    route("PATCH", path, "security.edit", { body: ChangeEmailSettings, response: EmailSettings }, ({ actor, body }) =>
      email.change(actor, signIns, body),
    ),
    route("POST", `${path}/test`, "security.edit", { body: TestEmail, response: Nothing }, async ({ actor, body }) => {
      const { siteName, language } = await settings.read();
      const message = mailTexts[language].testMessage({ siteName, sender: actor.displayName });
      await email.send({ to: body.to, language, ...message });
      return {};
    }),
  ];
}
