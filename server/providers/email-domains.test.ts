import { expect, test } from "bun:test";
import { domainOfAddress, plainDomain } from "./email-domains.ts";

test("a domain has one spelling; what is none has none", () => {
  const spellings: readonly (readonly [string, string | null])[] = [
    ["example.com", "example.com"],
    ["EXAMPLE.com.", "example.com"],
    ["münchen.example", "xn--mnchen-3ya.example"],
    ["MÜNCHEN。example", "xn--mnchen-3ya.example"],
    ["ex\u00adample.com", "example.com"],
    ["corp", "corp"],
    ["", null],
    ["a b.example", null],
    ["example..com", null],
    [".example.com", null],
    ["-a.example", null],
    ["exampl%65.com", null],
    ["example.com/x", null],
    ["example.com:80", null],
    ["[::1]", null],
    [`${"a.".repeat(130)}com`, null],
  ];
  expect(spellings.map(([text]) => [text, plainDomain(text)] as const)).toEqual([...spellings]);
  expect(domainOfAddress("a@b@Example.com")).toBe("example.com");
  expect(domainOfAddress("example.com")).toBeNull();
});

test("whatever the text, a domain stays the same when it is read again", () => {
  const letters = "aZ9-._。ü@%/ß\u00ad\ud800 ";
  for (let round = 0; round < 2000; round += 1) {
    const text = Array.from({ length: round % 12 }, () => letters[Math.floor(Math.random() * letters.length)]).join("");
    const domain = plainDomain(text);
    if (domain !== null) expect(plainDomain(domain)).toBe(domain);
  }
});
