import type { MailTexts } from "./mail-text.ts";

export const english: MailTexts = {
  resetLink: ({ siteName, username, url }) => ({
    subject: `A new password for ${siteName}`,
    text: `Somebody asked for a new password for ${username}.

Open this link within 24 hours to choose one. It works once:

${url}

If it was not you, do nothing: your password stays as it is.
`,
  }),
  testMessage: ({ siteName, sender }) => ({
    subject: `A test message from ${siteName}`,
    text: `${sender} sent this message to see whether ${siteName} can send e-mail. It can.\n`,
  }),
};
