import { expect, test } from "bun:test";
import { readServerSentence } from "../../protocol/server-sentences.ts";

/** Where sentences are written that pages show as they were kept: steps, events and parts of the appliance. */
const SOURCES = [
  "server/updates/{preparation,restarts,update-work,download,open-updates,update-part}.ts",
  "server/certificates/certificate-part.ts",
  "server/backups/backup-part.ts",
  "server/appliance-status/parts.ts",
  "server/providers/arrivals.ts",
  "server/providers/ldap/directories.ts",
];
/** What is given these names, or to this function, is kept. */
const KEPT = /(?:\b(?:detail|why|reason|free|good|message)\b[^;`"]*?|#say\()([`"])([A-Z$][^`"]*? [^`"]*?)\1/gu;

/** A failover pair keeps and shows every sentence it writes, but for what is thrown: a refusal has a code. */
const PAIR_SOURCES = "server/standby/**/*.ts";
/** What these write goes to whoever asks, before a page speaks any language. */
const TO_STRANGERS = /\/(?:answer-gate|lane-gateway)\.ts$/u;
const OF_PAIR =
  /(?<!(?:refused|Error)\(\s*|AppError\("[a-z.]+",\s*)([`"])([A-Z$](?:(?!\1)[^\n\\])* (?:(?!\1)[^\n\\])*)\1/gu;
const COMMENT = /\/\*.*?\*\/|(?<!:)\/\/[^\n]*/gsu;

/** A template as it comes out, with something for each thing that is filled in. */
const filledIn = (template: string): string => template.replaceAll(/\$\{[^}]*\}/gu, "7 days").trim();
/** Its whole sentences. What is filled in as a sentence of its own is looked at where it is written. */
const sentencesOf = (text: string): string[] =>
  text
    .split(/(?<=[.!?]) ?(?=[A-Z\d])|(?<=^7 days) (?=[A-Z][a-z])/u)
    .filter((sentence) => /[a-z]{2}.*\.$/u.test(sentence.replaceAll("7 days", "")));

test("what a failover pair keeps and shows in sentences pages can say in every language", async () => {
  const found: string[] = [];
  for (const file of new Bun.Glob(PAIR_SOURCES).scanSync(".")) {
    if (file.endsWith(".test.ts") || TO_STRANGERS.test(file)) continue;
    const code = (await Bun.file(file).text()).replaceAll(COMMENT, "");
    for (const [, , template] of code.matchAll(OF_PAIR)) found.push(...sentencesOf(filledIn(template!)));
  }
  expect(found.length).toBeGreaterThan(45);
  expect(found.filter((sentence) => readServerSentence(sentence) === null)).toEqual([]);
});

test("what the server keeps in sentences pages can say in every language", async () => {
  const found: string[] = [];
  for (const source of SOURCES)
    for (const file of new Bun.Glob(source).scanSync("."))
      for (const [, , template] of (await Bun.file(file).text()).matchAll(KEPT))
        found.push(...sentencesOf(filledIn(template!)));
  expect(found.length).toBeGreaterThan(25);
  expect(found.filter((sentence) => readServerSentence(sentence) === null)).toEqual([]);
});
