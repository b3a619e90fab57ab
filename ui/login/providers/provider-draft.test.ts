import { expect, test } from "bun:test";
import type { Provider } from "../../../protocol/api/providers.ts";
import { asksSecretAgain, bodyOf, certificatesOf, draftChanges, linesOf, newDraft } from "./provider-draft.ts";

test("a change is told, a secret only when one was typed", () => {
  const saved = newDraft("oidc");
  const edited = structuredClone(saved);
  expect(draftChanges(saved, edited)).toEqual([]);
  expect("secret" in bodyOf(edited)).toBe(false);
  edited.secret = "x";
  edited.isEnabled = false;
  edited.mapping.groupRules.push({ group: "IT", groupPolicies: [], teams: [] });
  expect(draftChanges(saved, edited)).toEqual([
    "Switched off: nobody comes by it any more",
    "A new secret",
    "What its groups bring",
  ]);
  expect(bodyOf(edited).secret).toBe("x");
});

test("lists are read line by line, certificates block by block", () => {
  expect(linesOf(" a \n\nb\n")).toEqual(["a", "b"]);
  const one = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----";
  expect(certificatesOf(`junk ${one}\n${one} tail`)).toEqual([one, one]);
  expect(certificatesOf("none")).toEqual([]);
});

test("a kept secret is asked for again when it would go to another server, and then only until it is typed", () => {
  const edited = newDraft("oidc");
  edited.config = { ...edited.config, kind: "oidc", issuer: "https://id.example" } as typeof edited.config;
  const stored = { ...structuredClone(edited), hasSecret: true } as unknown as Provider;
  expect(asksSecretAgain(stored, edited)).toBe(false);
  if (edited.config.kind === "oidc") edited.config.clientId = "other";
  expect(asksSecretAgain(stored, edited)).toBe(false);
  if (edited.config.kind === "oidc") edited.config.issuer = "https://evil.example";
  expect(asksSecretAgain(stored, edited)).toBe(true);
  expect(asksSecretAgain({ ...stored, hasSecret: false }, edited)).toBe(false);
  expect(asksSecretAgain(null, edited)).toBe(false);
  edited.secret = "typed";
  expect(asksSecretAgain(stored, edited)).toBe(false);
});
