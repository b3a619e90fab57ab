import type { MailTexts } from "./mail-text.ts";

export const spanish: MailTexts = {
  resetLink: ({ siteName, username, url }) => ({
    subject: `Una contraseña nueva para ${siteName}`,
    text: `Alguien ha pedido una contraseña nueva para ${username}.

Abra este enlace en las próximas 24 horas para elegirla. Sirve una sola vez:

${url}

Si no ha sido usted, no haga nada: su contraseña sigue siendo la misma.
`,
  }),
  testMessage: ({ siteName, sender }) => ({
    subject: `Un mensaje de prueba de ${siteName}`,
    text: `${sender} ha enviado este mensaje para ver si ${siteName}\npuede enviar correo. Puede.\n`,
  }),
  recoveryCodesMade: ({ siteName, username, count }) => ({
    subject: `Códigos de recuperación para ${siteName}`,
    text: `Se han creado códigos de recuperación nuevos para ${username}.
Son ${count}; los anteriores ya no valen.

Si no ha sido usted, cambie su contraseña y avise a la administración.
`,
  }),
  recoveryCodeUsed: ({ siteName, username, count }) => ({
    subject: `Se ha usado un código de recuperación en ${siteName}`,
    text: `Alguien ha iniciado sesión como ${username} con un código de
recuperación en lugar de la aplicación de autenticación.
Códigos restantes: ${count}.

Si no ha sido usted, cambie su contraseña y avise a la administración.
`,
  }),
  applianceAlert: ({ siteName, url, lines }) => ({
    subject: `${siteName}: la appliance necesita atención`,
    text: `Alguien debería revisar la appliance de ${siteName}:

${lines.join("\n")}

Sus páginas:

${url}
`,
  }),
  allWell: ({ siteName, url }) => ({
    subject: `${siteName}: la appliance está bien`,
    text: `La appliance de ${siteName} está bien. No hay nada que hacer.

Sus páginas:

${url}
`,
  }),
};
