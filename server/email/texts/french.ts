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
  recoveryCodesMade: ({ siteName, username, count }) => ({
    subject: `Codes de récupération pour ${siteName}`,
    text: `De nouveaux codes de récupération ont été créés pour ${username}.
Il y en a ${count} ; les anciens ne sont plus valables.

Si ce n'était pas vous, changez votre mot de passe et prévenez
l'administration.
`,
  }),
  recoveryCodeUsed: ({ siteName, username, count }) => ({
    subject: `Un code de récupération a servi sur ${siteName}`,
    text: `Quelqu'un s'est connecté en tant que ${username} avec un code de
récupération au lieu de l'application d'authentification.
Codes restants : ${count}.

Si ce n'était pas vous, changez votre mot de passe et prévenez
l'administration.
`,
  }),
  applianceAlert: ({ siteName, url, lines }) => ({
    subject: `${siteName} : l'appliance demande votre attention`,
    text: `Quelqu'un devrait regarder l'appliance de ${siteName} :

${lines.join("\n")}

Ses pages :

${url}
`,
  }),
  allWell: ({ siteName, url }) => ({
    subject: `${siteName} : l'appliance va bien`,
    text: `L'appliance de ${siteName} va bien. Il n'y a rien à faire.

Ses pages :

${url}
`,
  }),
};
