import { expect, test } from "bun:test";
import { bodyOf, certificatesOf, draftChanges, linesOf, newDraft } from "./provider-draft.ts";

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
