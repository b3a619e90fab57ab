import type { QuestionWords } from "./question-words.ts";

export const german: QuestionWords = {
  wishes: {
    "screen.view": {
      question: "Darf {who} Ihren Bildschirm sehen?",
      meaning: "{who} sieht alles, was Sie auf diesem Computer sehen. Schließen Sie Privates vorher.",
    },
    "screen.control": {
      question: "Darf {who} Ihre Maus und Tastatur benutzen?",
      meaning: "{who} kann auf diesem Computer klicken und tippen. Ihre Maus und Tastatur gehen weiterhin.",
    },
    "screen.show-own": {
      question: "Darf {who} Ihnen den eigenen Bildschirm zeigen?",
      meaning: "Auf Ihrem Bildschirm erscheint ein Bild des anderen.",
    },
    "clipboard.send": {
      question: "Darf {who} Text in Ihre Zwischenablage legen?",
      meaning: "Er ersetzt, was Sie zuletzt kopiert haben.",
    },
    "clipboard.fetch": {
      question: "Darf {who} Ihre Zwischenablage lesen?",
      meaning: "{who} bekommt den Text, den Sie zuletzt kopiert haben, und was Sie ab jetzt kopieren.",
    },
    "shell.use": {
      question: "Darf {who} auf diesem Computer Befehle eingeben?",
      meaning: "Mit Befehlen kann {who} hier fast alles ansehen und ändern.",
    },
    "scripts.run": {
      question: "Darf {who} auf diesem Computer vorbereitete Befehle ausführen?",
      meaning: "Sie können hier fast alles ansehen und ändern.",
    },
    "files.browse": {
      question: "Darf {who} Ihre Dateien und Ordner sehen?",
      meaning: "{who} sieht Namen und Größen, nicht den Inhalt.",
    },
    "files.download": {
      question: "Darf {who} Dateien von diesem Computer kopieren?",
      meaning: "{who} kann Kopien Ihrer Dateien und Ordner mitnehmen.",
    },
    "files.upload": {
      question: "Darf {who} Dateien auf diesen Computer legen?",
      meaning: "{who} kann Dateien und Ordner auf diesen Computer kopieren.",
    },
    "sysinfo.view": {
      question: "Darf {who} ansehen, wie dieser Computer eingerichtet ist?",
      meaning: "Geräte, Programme und was gerade läuft. Nicht Ihre Dateien.",
    },
    "sysinfo.act": {
      question: "Darf {who} auf diesem Computer Programme beenden und starten?",
      meaning: "Was in einem beendeten Programm nicht gespeichert ist, geht verloren.",
    },
    "registry.edit": {
      question: "Darf {who} Windows-Einstellungen in der Registrierung ändern?",
      meaning: "Das sind Einstellungen tief in Windows und in Ihren Programmen.",
    },
    "power.control": {
      question: "Darf {who} diesen Computer neu starten oder ausschalten?",
      meaning: "Speichern Sie vorher Ihre Arbeit.",
    },
    "session.elevate": {
      question: "Darf {who} mit Administratorrechten arbeiten?",
      meaning: "{who} kann dann auf diesem Computer fast alles ändern.",
    },
  },
  otherWish: {
    question: "Darf {who} das auf diesem Computer tun: {wish}?",
    meaning: "Sie entscheiden. Sie dürfen ablehnen.",
  },
  remoteSupport: "Fernhilfe",
  howItEnds:
    "Ein Ja gilt, bis die Fernhilfe endet. Beenden können Sie sie jederzeit: Ein Hinweis mit „Beenden“ bleibt auf Ihrem Bildschirm.",
  silence: { deny: "Keine Antwort heißt Nein: {seconds}\u00a0s", allow: "Keine Antwort heißt Ja: {seconds}\u00a0s" },
  allow: "Erlauben",
  deny: "Ablehnen",
  connected: {
    one: "{who} ist verbunden",
    many: "{who} sind verbunden",
    stop: "Beenden",
    keys: "Mit der Tastatur: Strg+Alt+Umschalt+Ende, dann Eingabe",
  },
};
