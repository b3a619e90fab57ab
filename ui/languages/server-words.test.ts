import { afterEach, expect, test } from "bun:test";
import { languageFor } from "./languages.ts";
import { speak } from "./say.ts";
import { lineInWords, sentenceInWords, serverText } from "./server-words.ts";

afterEach(() => speak(languageFor([]), {}));

test("a line of the log is said in the page's language, with what the server filled in", () => {
  expect(lineInWords("Ada renamed a.txt to b.txt")).toBe("Ada renamed a.txt to b.txt");
  speak(languageFor(["de"]), {
    "{0} renamed {1} to {2}": "{0} hat {1} in {2} umbenannt",
    "{0} ended the session": "{0} hat die Sitzung beendet",
    "The customer allowed {0}: {1}": "Der Kunde hat {0} erlaubt: {1}",
    "View the screen": "Bildschirm sehen",
  });
  expect(lineInWords("Ada renamed a.txt to b.txt")).toBe("Ada hat a.txt in b.txt umbenannt");
  expect(lineInWords("The customer allowed Ada: View the screen")).toBe("Der Kunde hat Ada erlaubt: Bildschirm sehen");
  expect(lineInWords("Ada: The disk is full.")).toBe("Ada: The disk is full.");
  expect(sentenceInWords("Ada ended the session.")).toBe("Ada hat die Sitzung beendet.");
});

test("what the server did is said sentence by sentence, and why it failed within it; what is not known stays English", () => {
  expect(serverText("Restart again. Or not.")).toBe("Restart again. Or not.");
  speak(languageFor(["de"]), {
    "The last backup failed: {0}": "Die letzte Sicherung ist fehlgeschlagen: {0}",
    "There is no good one.": "Es gibt keine gute.",
    "It was called off.": "Sie wurde abgebrochen.",
    "In slot {0}, read back.": "In Platz {0}, zurückgelesen.",
    "The update was cancelled.": "Die Aktualisierung wurde abgebrochen.",
  });
  expect(serverText("In slot B, read back.")).toBe("In Platz B, zurückgelesen.");
  expect(serverText("The last backup failed: It was called off. There is no good one.")).toBe(
    "Die letzte Sicherung ist fehlgeschlagen: Sie wurde abgebrochen. Es gibt keine gute.",
  );
  expect(serverText("1.4.0: The update was cancelled.")).toBe("1.4.0: Die Aktualisierung wurde abgebrochen.");
  expect(serverText("nas-b: no route to host")).toBe("nas-b: no route to host");
});
