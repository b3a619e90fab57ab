import { expect, test } from "bun:test";
import { languageCodes } from "../../../protocol/languages.ts";
import { permissionNames, wordsOfPermission } from "../../../protocol/permissions.ts";
import { languagesToAskIn, questionSentences, questionWords } from "./question-sentences.ts";

const asked = { siteName: "Northmoor", representative: "Rosa {who}", wish: "View the screen" };

test("every language has a sentence for everything a customer can be asked, and names who asks", () => {
  const askable = permissionNames.filter((permission) => wordsOfPermission(permission).isAskable === true).sort();
  for (const language of languageCodes) {
    expect([language, Object.keys(questionWords[language].wishes).sort()]).toEqual([language, askable] as never);
    for (const permission of askable) {
      const { silence, ...sentences } = questionSentences({ ...asked, permission }, language);
      expect(sentences.question).toContain("Rosa {who}");
      expect(silence(47)).toContain("47");
      for (const sentence of [...Object.values(sentences), silence(47)])
        expect([sentence, sentence.trim(), sentence.replace("Rosa {who}", "").includes("{seconds")]).toEqual([
          ...([sentence, sentence, false] as const),
        ]);
    }
  }
});

test("no two languages say the same, and none says one thing twice", () => {
  for (const permission of permissionNames.filter((name) => wordsOfPermission(name).isAskable === true)) {
    const questions = languageCodes.map((code) => questionSentences({ ...asked, permission }, code).question);
    expect(new Set(questions).size).toBe(languageCodes.length);
  }
  for (const code of languageCodes) {
    const questions = Object.values(questionWords[code].wishes).map(({ question }) => question);
    expect(new Set(questions).size).toBe(questions.length);
  }
});

test("a wish of a later release is asked in its own words; a site that says nothing means no by silence", () => {
  const unknown = questionSentences({ ...asked, permission: "constructor", wish: "Open the door" }, "de");
  expect(unknown.question).toBe("Darf Rosa {who} das auf diesem Computer tun: Open the door?");
  expect(unknown.silence(3)).toBe("Keine Antwort heißt Nein: 3\u00a0s");
  expect(questionSentences({ ...asked, whenUnanswered: "allow" }, "en").silence(3)).toBe(
    "No answer means yes: 3\u00a0s",
  );
});

test("the desktop's language comes first, then the site's, then English", () => {
  expect(languagesToAskIn("ja_JP.UTF-8", "de")).toEqual(["ja", "de", "en"]);
  expect(languagesToAskIn("C.UTF-8", "fr")).toEqual(["fr", "en"]);
  expect(languagesToAskIn(null, undefined)).toEqual(["en"]);
  expect(languagesToAskIn("de_AT", "de")).toEqual(["de", "en"]);
});

test("names that are long, or turn the writing round, cannot push the question out of sight", () => {
  const names = {
    siteName: `N${"o".repeat(500)}`,
    representative: "Rosa\u202e\nevil\u200b",
    permission: "screen.view",
  };
  const { question, siteName } = questionSentences({ ...asked, ...names }, "en");
  expect(question).toBe("May Rosa evil see your screen?");
  expect([...siteName]).toHaveLength(40);
});
