import type { QuestionWords } from "./question-words.ts";

export const french: QuestionWords = {
  wishes: {
    "screen.view": {
      question: "Autorisez-vous {who} à voir votre écran ?",
      meaning: "{who} verra tout ce que vous voyez sur cet ordinateur. Fermez d'abord ce qui est privé.",
    },
    "screen.control": {
      question: "Autorisez-vous {who} à utiliser votre souris et votre clavier ?",
      meaning: "{who} pourra cliquer et écrire sur cet ordinateur. Votre souris et votre clavier marchent toujours.",
    },
    "screen.show-own": {
      question: "Autorisez-vous {who} à vous montrer son écran ?",
      meaning: "Une image de son écran apparaîtra sur le vôtre.",
    },
    "clipboard.send": {
      question: "Autorisez-vous {who} à mettre du texte dans votre presse-papiers ?",
      meaning: "Il remplacera ce que vous avez copié en dernier.",
    },
    "clipboard.fetch": {
      question: "Autorisez-vous {who} à lire votre presse-papiers ?",
      meaning: "{who} recevra le dernier texte copié et ce que vous copierez désormais.",
    },
    "shell.use": {
      question: "Autorisez-vous {who} à taper des commandes sur cet ordinateur ?",
      meaning: "Avec des commandes, {who} peut voir et modifier presque tout ici.",
    },
    "scripts.run": {
      question: "Autorisez-vous {who} à exécuter des commandes préparées sur cet ordinateur ?",
      meaning: "Elles peuvent voir et modifier presque tout ici.",
    },
    "files.browse": {
      question: "Autorisez-vous {who} à voir vos fichiers et dossiers ?",
      meaning: "{who} verra les noms et les tailles, pas le contenu.",
    },
    "files.download": {
      question: "Autorisez-vous {who} à copier des fichiers de cet ordinateur ?",
      meaning: "{who} pourra emporter des copies de vos fichiers et dossiers.",
    },
    "files.upload": {
      question: "Autorisez-vous {who} à déposer des fichiers sur cet ordinateur ?",
      meaning: "{who} pourra copier des fichiers et des dossiers sur cet ordinateur.",
    },
    "sysinfo.view": {
      question: "Autorisez-vous {who} à regarder comment cet ordinateur est configuré ?",
      meaning: "Le matériel, les programmes et ce qui est en cours. Pas vos fichiers.",
    },
    "sysinfo.act": {
      question: "Autorisez-vous {who} à arrêter et à lancer des programmes sur cet ordinateur ?",
      meaning: "Ce qui n'est pas enregistré dans un programme arrêté est perdu.",
    },
    "registry.edit": {
      question: "Autorisez-vous {who} à modifier des réglages de Windows dans le registre ?",
      meaning: "Ce sont des réglages internes de Windows et de vos programmes.",
    },
    "power.control": {
      question: "Autorisez-vous {who} à redémarrer ou à éteindre cet ordinateur ?",
      meaning: "Enregistrez d'abord votre travail.",
    },
    "session.elevate": {
      question: "Autorisez-vous {who} à travailler avec des droits d'administrateur ?",
      meaning: "{who} pourra alors modifier presque tout sur cet ordinateur.",
    },
  },
  otherWish: {
    question: "Autorisez-vous {who} à faire ceci sur cet ordinateur : {wish} ?",
    meaning: "C'est vous qui décidez. Vous pouvez refuser.",
  },
  remoteSupport: "Assistance à distance",
  howItEnds:
    "Un oui vaut jusqu'à la fin de la session. Vous pouvez l'arrêter à tout moment : un avis avec « Arrêter » reste sur votre écran.",
  silence: { deny: "Sans réponse, c'est non : {seconds}\u00a0s", allow: "Sans réponse, c'est oui : {seconds}\u00a0s" },
  allow: "Autoriser",
  deny: "Refuser",
  connected: {
    one: "{who} a accès à cet ordinateur",
    many: "{who} ont accès à cet ordinateur",
    stop: "Arrêter",
    keys: "Au clavier : Ctrl+Alt+Maj+Fin, puis Entrée",
  },
};
