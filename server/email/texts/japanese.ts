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
  recoveryCodesMade: ({ siteName, username, count }) => ({
    subject: `${siteName} の回復コード`,
    text: `${username} の回復コードが新しく作られました。新しいコードは ${count} 個です。
以前のコードは使えなくなりました。

お心当たりがない場合は、パスワードを変更し、管理者に知らせてください。
`,
  }),
  recoveryCodeUsed: ({ siteName, username, count }) => ({
    subject: `${siteName} で回復コードが使われました`,
    text: `認証アプリの代わりに回復コードを使って、${username} としてサインインが
ありました。残りのコードは ${count} 個です。

お心当たりがない場合は、パスワードを変更し、管理者に知らせてください。
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
