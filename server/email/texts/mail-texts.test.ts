import { expect, test } from "bun:test";
import { languageCodes } from "../../../protocol/languages.ts";
import { mailLanguage, mailTexts } from "./mail-texts.ts";

const url = `https://support.northmoor.example/login/reset-password#${"a".repeat(43)}`;

test("every message says in every language what it is about, and no two languages say the same", () => {
  const letters = languageCodes.map((code) => {
    const link = mailTexts[code].resetLink({ siteName: "Northmoor", username: "rosa", url });
    expect(link.subject).toContain("Northmoor");
    expect(link.text.split("\n")).toContain(url);
    expect(link.text).toContain("rosa");
    expect(link.text).toContain("24");
    const tried = mailTexts[code].testMessage({ siteName: "Northmoor", sender: "Anna Admin" });
    expect(tried.subject).toContain("Northmoor");
    expect(tried.text).toContain("Anna Admin");
    const news = { siteName: "Northmoor", url, lines: ["The disk is full."] };
    const alert = mailTexts[code].applianceAlert(news);
    expect(alert.text).toContain("The disk is full.");
    const well = mailTexts[code].allWell(news);
    for (const { subject, text } of [alert, well])
      expect([subject.includes("Northmoor"), text.includes(url)]).toEqual([true, true]);
    const codes = { siteName: "Northmoor", username: "rosa", count: 7 };
    const [made, used] = [mailTexts[code].recoveryCodesMade(codes), mailTexts[code].recoveryCodeUsed(codes)];
    for (const { subject, text } of [made, used])
      expect([subject, text]).toEqual([expect.stringContaining("Northmoor"), expect.stringMatching(/rosa[^]*7/u)]);
    const lines = [link, tried, alert, well, made, used]
      .flatMap(({ text }) => text.split("\n"))
      .filter((line) => line !== url);
    expect(lines.filter((line) => line.length > 80)).toEqual([]);
    return [link, tried, alert, well, made, used].flatMap(({ subject, text }) => [subject, text]);
  });
  expect(new Set(letters.flat()).size).toBe(12 * languageCodes.length);
});

test("the receiver's own language comes before the site's", () => {
  expect(mailLanguage("ja", { language: "de" })).toBe("ja");
  expect(mailLanguage("", { language: "de" })).toBe("de");
  expect(mailLanguage("of-tomorrow", { language: "fr" })).toBe("fr");
});
