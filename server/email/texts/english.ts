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
  applianceAlert: ({ siteName, url, lines }) => ({
    subject: `${siteName}: the appliance needs attention`,
    text: `The appliance of ${siteName} needs somebody to look at it:

${lines.join("\n")}

Its pages:

${url}
`,
  }),
  allWell: ({ siteName, url }) => ({
    subject: `${siteName}: the appliance is well`,
    text: `The appliance of ${siteName} is well. There is nothing to do.

Its pages:

${url}
`,
  }),
};
