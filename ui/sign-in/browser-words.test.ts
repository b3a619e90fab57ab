import { expect, test } from "bun:test";
import { browserOf } from "./browser-words.ts";

test("a browser is told by its name and system", () => {
  const edge =
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36 Edg/140.0.0.0";
  const safari =
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/19.0 Safari/605.1.15";
  expect(browserOf(edge)).toBe("Edge, Windows");
  expect(browserOf(safari)).toBe("Safari, macOS");
  expect(browserOf("Mozilla/5.0 (X11; Linux x86_64; rv:150.0) Gecko/20100101 Firefox/150.0")).toBe("Firefox, Linux");
  expect(browserOf("curl/8")).toBe("");
});
