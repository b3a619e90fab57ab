import { afterEach, expect, test } from "bun:test";
import { languageFor } from "../languages/languages.ts";
import { speak } from "../languages/say.ts";
import { refusalInWords } from "./refusal-words.ts";

afterEach(() => speak(languageFor([]), {}));

test("a refusal is the server's own words in English, and a sentence for its code in another language", () => {
  const message = "There is no file /tmp/a.";
  expect(refusalInWords("file.not_found", message)).toBe(message);
  speak(languageFor(["de"]), {});
  expect(refusalInWords("file.not_found", message)).toBe(`The file or folder does not exist. (${message})`);
  expect(refusalInWords("agent.offline", "srv-1 is not connected.")).toBe("The computer is not connected.");
  expect(refusalInWords("of.a.later.release", message)).toBe(message);
});
