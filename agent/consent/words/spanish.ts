import type { QuestionWords } from "./question-words.ts";

export const spanish: QuestionWords = {
  wishes: {
    "screen.view": {
      question: "¿Permite que {who} vea su pantalla?",
      meaning: "{who} verá todo lo que usted ve en este equipo. Cierre antes lo que sea privado.",
    },
    "screen.control": {
      question: "¿Permite que {who} use su ratón y su teclado?",
      meaning: "{who} podrá hacer clic y escribir en este equipo. Su ratón y su teclado siguen funcionando.",
    },
    "screen.show-own": {
      question: "¿Permite que {who} le muestre su propia pantalla?",
      meaning: "En su pantalla aparecerá una imagen de la otra.",
    },
    "clipboard.send": {
      question: "¿Permite que {who} ponga texto en su portapapeles?",
      meaning: "Sustituirá lo último que usted copió.",
    },
    "clipboard.fetch": {
      question: "¿Permite que {who} lea su portapapeles?",
      meaning: "{who} recibirá el último texto que copió y lo que copie a partir de ahora.",
    },
    "shell.use": {
      question: "¿Permite que {who} escriba órdenes en este equipo?",
      meaning: "Con órdenes, {who} puede ver y cambiar casi todo aquí.",
    },
    "scripts.run": {
      question: "¿Permite que {who} ejecute órdenes preparadas en este equipo?",
      meaning: "Pueden ver y cambiar casi todo aquí.",
    },
    "files.browse": {
      question: "¿Permite que {who} vea sus archivos y carpetas?",
      meaning: "{who} verá los nombres y tamaños, no el contenido.",
    },
    "files.download": {
      question: "¿Permite que {who} copie archivos de este equipo?",
      meaning: "{who} podrá llevarse copias de sus archivos y carpetas.",
    },
    "files.upload": {
      question: "¿Permite que {who} ponga archivos en este equipo?",
      meaning: "{who} podrá copiar archivos y carpetas a este equipo.",
    },
    "sysinfo.view": {
      question: "¿Permite que {who} mire cómo está configurado este equipo?",
      meaning: "Sus componentes, sus programas y lo que está en marcha. No sus archivos.",
    },
    "sysinfo.act": {
      question: "¿Permite que {who} cierre e inicie programas en este equipo?",
      meaning: "Lo que no esté guardado en un programa que se cierra se pierde.",
    },
    "registry.edit": {
      question: "¿Permite que {who} cambie ajustes de Windows en el registro?",
      meaning: "Son ajustes internos de Windows y de sus programas.",
    },
    "power.control": {
      question: "¿Permite que {who} reinicie o apague este equipo?",
      meaning: "Guarde antes su trabajo.",
    },
    "session.elevate": {
      question: "¿Permite que {who} trabaje con derechos de administrador?",
      meaning: "{who} podrá entonces cambiar casi todo en este equipo.",
    },
  },
  otherWish: {
    question: "¿Permite que {who} haga esto en este equipo: {wish}?",
    meaning: "Usted decide. Puede decir que no.",
  },
  remoteSupport: "Asistencia remota",
  howItEnds:
    "Un sí vale hasta que termine la sesión. Puede detenerla en cualquier momento: un aviso con «Detener» permanece en su pantalla.",
  silence: {
    deny: "Sin respuesta significa no: {seconds}\u00a0s",
    allow: "Sin respuesta significa sí: {seconds}\u00a0s",
  },
  allow: "Permitir",
  deny: "Rechazar",
  connected: {
    one: "{who} tiene acceso a este equipo",
    many: "{who} tienen acceso a este equipo",
    stop: "Detener",
    keys: "Con el teclado: Ctrl+Alt+Mayús+Fin y luego Intro",
  },
};
