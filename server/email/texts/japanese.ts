import type { MailTexts } from "./mail-text.ts";

export const japanese: MailTexts = {
  resetLink: ({ siteName, username, url }) => ({
    subject: `${siteName} の新しいパスワード`,
    text: `${username} の新しいパスワードが求められました。

24 時間以内に次のリンクを開いて、新しいパスワードを決めてください。
リンクは一度だけ使えます。

${url}

お心当たりがない場合は、何もしないでください。パスワードは変わりません。
`,
  }),
  testMessage: ({ siteName, sender }) => ({
    subject: `${siteName} からのテストメッセージ`,
    text: `${siteName} からメールを送れるかどうかを確かめるため、
${sender} さんがこのメッセージを送りました。送れています。
`,
  }),
};
