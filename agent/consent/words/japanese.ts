import type { QuestionWords } from "./question-words.ts";

export const japanese: QuestionWords = {
  wishes: {
    "screen.view": {
      question: "{who} があなたの画面を見てもよいですか？",
      meaning:
        "このコンピューターであなたに見えるものは、すべて {who} にも見えます。見られたくないものは先に閉じてください。",
    },
    "screen.control": {
      question: "{who} がマウスとキーボードを使ってもよいですか？",
      meaning: "{who} がこのコンピューターでクリックや入力をします。あなたのマウスとキーボードもそのまま使えます。",
    },
    "screen.show-own": {
      question: "{who} が自分の画面をあなたに見せてもよいですか？",
      meaning: "あなたの画面に相手の画面が表示されます。",
    },
    "clipboard.send": {
      question: "{who} がクリップボードに文字を入れてもよいですか？",
      meaning: "最後にコピーした内容は置き換えられます。",
    },
    "clipboard.fetch": {
      question: "{who} がクリップボードを読んでもよいですか？",
      meaning: "最後にコピーした文字と、これからコピーする文字が {who} に渡ります。",
    },
    "shell.use": {
      question: "{who} がこのコンピューターでコマンドを入力してもよいですか？",
      meaning: "コマンドを使うと、{who} はここにあるほとんどのものを見たり変えたりできます。",
    },
    "scripts.run": {
      question: "{who} が用意されたコマンドをこのコンピューターで実行してもよいですか？",
      meaning: "ここにあるほとんどのものを見たり変えたりできます。",
    },
    "files.browse": {
      question: "{who} がファイルとフォルダーの一覧を見てもよいですか？",
      meaning: "{who} に見えるのは名前とサイズだけで、中身は見えません。",
    },
    "files.download": {
      question: "{who} がこのコンピューターからファイルをコピーしてもよいですか？",
      meaning: "{who} はファイルとフォルダーの写しを持ち出せます。",
    },
    "files.upload": {
      question: "{who} がこのコンピューターにファイルを入れてもよいですか？",
      meaning: "{who} はファイルとフォルダーをこのコンピューターにコピーできます。",
    },
    "sysinfo.view": {
      question: "{who} がこのコンピューターの構成を見てもよいですか？",
      meaning: "機器、プログラム、動作中のものが見えます。ファイルは見えません。",
    },
    "sysinfo.act": {
      question: "{who} がこのコンピューターのプログラムを終了したり起動したりしてもよいですか？",
      meaning: "終了したプログラムで保存していない内容は失われます。",
    },
    "registry.edit": {
      question: "{who} が Windows のレジストリの設定を変えてもよいですか？",
      meaning: "Windows とプログラムの内部の設定です。",
    },
    "power.control": {
      question: "{who} がこのコンピューターを再起動したり電源を切ったりしてもよいですか？",
      meaning: "先に作業を保存してください。",
    },
    "session.elevate": {
      question: "{who} が管理者の権限で作業してもよいですか？",
      meaning: "{who} はこのコンピューターのほとんどのものを変えられるようになります。",
    },
  },
  otherWish: {
    question: "{who} がこのコンピューターで次のことをしてもよいですか：{wish}",
    meaning: "決めるのはあなたです。断ってもかまいません。",
  },
  remoteSupport: "リモートサポート",
  howItEnds: "許可はサポートのセッションが終わるまで有効です。画面に残る表示の「終了」でいつでも終えられます。",
  silence: {
    deny: "応答がなければ拒否になります：{seconds}\u00a0秒",
    allow: "応答がなければ許可になります：{seconds}\u00a0秒",
  },
  allow: "許可する",
  deny: "拒否する",
  connected: {
    one: "{who} が接続しています",
    many: "{who} が接続しています",
    stop: "終了",
    keys: "キーボードでは Ctrl+Alt+Shift+End、続けて Enter",
  },
};
