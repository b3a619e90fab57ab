import type { QuestionWords } from "./question-words.ts";

export const english: QuestionWords = {
  wishes: {
    "screen.view": {
      question: "May {who} see your screen?",
      meaning: "{who} sees everything you see on this computer. Close what is private first.",
    },
    "screen.control": {
      question: "May {who} use your mouse and keyboard?",
      meaning: "{who} can click and type on this computer. Your own mouse and keyboard go on working.",
    },
    "screen.show-own": {
      question: "May {who} show you their screen?",
      meaning: "A picture of their screen appears on yours.",
    },
    "clipboard.send": {
      question: "May {who} put text on your clipboard?",
      meaning: "It replaces what you copied last.",
    },
    "clipboard.fetch": {
      question: "May {who} read your clipboard?",
      meaning: "{who} gets the text you copied last, and what you copy from now on.",
    },
    "shell.use": {
      question: "May {who} type commands on this computer?",
      meaning: "With commands {who} can look at and change almost everything here.",
    },
    "scripts.run": {
      question: "May {who} run prepared commands on this computer?",
      meaning: "They can look at and change almost everything here.",
    },
    "files.browse": {
      question: "May {who} see your files and folders?",
      meaning: "{who} sees their names and sizes, not what is in them.",
    },
    "files.download": {
      question: "May {who} copy files from this computer?",
      meaning: "{who} can take copies of your files and folders away.",
    },
    "files.upload": {
      question: "May {who} put files on this computer?",
      meaning: "{who} can copy files and folders to this computer.",
    },
    "sysinfo.view": {
      question: "May {who} look at how this computer is set up?",
      meaning: "Its hardware, its programs and what is running. Not your files.",
    },
    "sysinfo.act": {
      question: "May {who} end and start programs on this computer?",
      meaning: "What is not saved in a program that ends is lost.",
    },
    "registry.edit": {
      question: "May {who} change Windows settings in the registry?",
      meaning: "These are settings deep in Windows and in your programs.",
    },
    "power.control": {
      question: "May {who} restart or switch off this computer?",
      meaning: "Save your work first.",
    },
    "session.elevate": {
      question: "May {who} work with administrative rights?",
      meaning: "{who} can then change almost everything on this computer.",
    },
  },
  otherWish: { question: "May {who} do this on this computer: {wish}?", meaning: "You decide. You may say no." },
  remoteSupport: "Remote support",
  howItEnds:
    "A yes holds until the support session ends. You can stop it at any time: a notice with Stop stays on your screen.",
  silence: { deny: "No answer means no: {seconds}\u00a0s", allow: "No answer means yes: {seconds}\u00a0s" },
  allow: "Allow",
  deny: "Refuse",
  connected: {
    one: "{who} is connected",
    many: "{who} are connected",
    stop: "Stop",
    keys: "By keyboard: Ctrl+Alt+Shift+End, then Enter",
  },
};
