import { afterEach, expect, test } from "bun:test";
import { formatExact } from "../kit/format.ts";
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

test("B34 what happened to a failover pair is said sentence by sentence, with its time as the page writes times", () => {
  const tookOver =
    "This appliance took over by force from nas-b. What the other one wrote after 2026-11-21 14:03:07 UTC is lost: 3.2 s until it was last heard, and what it may have written since.";
  expect(serverText(tookOver)).toContain(`after ${formatExact("2026-11-21T14:03:07Z")} is lost: 3.2 s`);
  speak(languageFor(["de"]), {
    "{0} became the standby.": "{0} ist der Standby geworden.",
    "This appliance took over by force from {0}.": "Diese Appliance hat von {0} mit Gewalt übernommen.",
    "What the other one wrote after {0} is lost: {1} s until it was last heard, and what it may have written since.":
      "Verloren ist, was die andere nach {0} schrieb: {1} s, bis sie zuletzt zu hören war, und was danach kam.",
    "The copy is damaged: {0}.": "Die Kopie ist beschädigt: {0}.",
    "A drill did not pass.": "Eine Übung ist nicht gelungen.",
  });
  expect(serverText(tookOver)).toBe(
    `Diese Appliance hat von nas-b mit Gewalt übernommen. Verloren ist, was die andere nach ${formatExact("2026-11-21T14:03:07Z")} schrieb: 3.2 s, bis sie zuletzt zu hören war, und was danach kam.`,
  );
  expect(serverText("A drill did not pass. The copy is damaged: row 3 of b. 2 is out of order.")).toContain(
    "gelungen.",
  );
  expect(serverText("Nobody knows this one. 10.0.0.2 became the standby.")).toBe(
    "Nobody knows this one. 10.0.0.2 ist der Standby geworden.",
  );
});
