import type { MailTexts } from "./mail-text.ts";

export const french: MailTexts = {
  resetLink: ({ siteName, username, url }) => ({
    subject: `Un nouveau mot de passe pour ${siteName}`,
    text: `Quelqu'un a demandé un nouveau mot de passe pour ${username}.

Ouvrez ce lien dans les 24 heures pour en choisir un. Il sert une seule fois :

${url}

Si ce n'était pas vous, ne faites rien : votre mot de passe reste le même.
`,
  }),
  testMessage: ({ siteName, sender }) => ({
    subject: `Un message d'essai de ${siteName}`,
    text: `${sender} a envoyé ce message pour voir si ${siteName}\npeut envoyer des e-mails. C'est le cas.\n`,
  }),
};
