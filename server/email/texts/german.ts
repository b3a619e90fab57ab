import type { MailTexts } from "./mail-text.ts";

export const german: MailTexts = {
  resetLink: ({ siteName, username, url }) => ({
    subject: `Ein neues Kennwort für ${siteName}`,
    text: `Jemand hat ein neues Kennwort für ${username} verlangt.

Öffnen Sie innerhalb von 24 Stunden diesen Link, um eines zu wählen.
Er gilt einmal:

${url}

Waren Sie es nicht, tun Sie nichts: Ihr Kennwort bleibt, wie es ist.
`,
  }),
  testMessage: ({ siteName, sender }) => ({
    subject: `Eine Testnachricht von ${siteName}`,
    text: `${sender} hat diese Nachricht geschickt, um zu sehen, ob ${siteName}\nE-Mails senden kann. Es geht.\n`,
  }),
  recoveryCodesMade: ({ siteName, username, count }) => ({
    subject: `Wiederherstellungscodes für ${siteName}`,
    text: `Für ${username} wurden neue Wiederherstellungscodes erstellt. Es sind
${count}; die früheren gelten nicht mehr.

Waren Sie es nicht, ändern Sie Ihr Kennwort und verständigen Sie
die Administration.
`,
  }),
  recoveryCodeUsed: ({ siteName, username, count }) => ({
    subject: `Bei ${siteName} wurde ein Wiederherstellungscode verwendet`,
    text: `Jemand hat sich als ${username} mit einem Wiederherstellungscode statt
mit der Authenticator-App angemeldet. Codes übrig: ${count}.

Waren Sie es nicht, ändern Sie Ihr Kennwort und verständigen Sie
die Administration.
`,
  }),
  applianceAlert: ({ siteName, url, lines }) => ({
    subject: `${siteName}: Die Appliance braucht Aufmerksamkeit`,
    text: `Jemand sollte nach der Appliance von ${siteName} sehen:

${lines.join("\n")}

Ihre Seiten:

${url}
`,
  }),
  allWell: ({ siteName, url }) => ({
    subject: `${siteName}: Der Appliance geht es gut`,
    text: `Der Appliance von ${siteName} geht es gut. Es ist nichts zu tun.

Ihre Seiten:

${url}
`,
  }),
};
