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
  recoveryCodesMade: ({ siteName, username, count }) => ({
    subject: `Recovery codes for ${siteName}`,
    text: `New recovery codes were made for ${username}. There are ${count} of them,
and those from before no longer count.

If it was not you, change your password and tell an administrator.
`,
  }),
  recoveryCodeUsed: ({ siteName, username, count }) => ({
    subject: `A recovery code was used at ${siteName}`,
    text: `Somebody signed in as ${username} with a recovery code in place of
the authenticator app. Codes left: ${count}.

If it was not you, change your password and tell an administrator.
`,
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
