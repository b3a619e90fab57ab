import { afterEach, expect, test } from "bun:test";
import { languageFor } from "../../languages/languages.ts";
import { speak } from "../../languages/say.ts";
import { lineInWords, sentenceInWords } from "./line-words.ts";

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
