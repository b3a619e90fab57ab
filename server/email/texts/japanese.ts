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
  applianceAlert: ({ siteName, url, lines }) => ({
    subject: `${siteName}: アプライアンスの確認が必要です`,
    text: `${siteName} のアプライアンスを確認してください。

${lines.join("\n")}

管理ページ:

${url}
`,
  }),
  allWell: ({ siteName, url }) => ({
    subject: `${siteName}: アプライアンスは正常です`,
    text: `${siteName} のアプライアンスは正常です。対応は必要ありません。

管理ページ:

${url}
`,
  }),
};
