import { type ForgeKeys, responseXml, signed } from "../saml-forge.ts";
import { type Attack, toAttack, wordsWith } from "./attack.ts";

/** A billion laughs, in short. */
export const LAUGHS = `<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;">]>`;
const FILE = `<!DOCTYPE x [<!ENTITY f SYSTEM "file:///etc/passwd">]>`;

/** What a parser would stumble over, or run away with. */
export function texts(keys: ForgeKeys): Attack[] {
  const right = signed(responseXml(wordsWith()), "Assertion", keys.idp);
  const nested = (depth: number): string => "<x>".repeat(depth) + "</x>".repeat(depth);
  const inside = (content: string): string => responseXml(wordsWith({ extension: content }));
  return [
    [
      "NA36 a comment inside the name",
      right.replace("carol@example.com", "admin@example.com<!---->.evil.example"),
      "message.declarations",
    ],
    ["a comment before the root", `<!--x-->${right}`, "message.declarations"],
    ["CDATA in the name", right.replace("carol@example.com", "<![CDATA[admin]]>"), "message.declarations"],
    ["a processing instruction in the name", right.replace("carol@", "<?x?>admin@"), "message.declarations"],
    ["a billion laughs", LAUGHS + right.replace("carol@", "&c;@"), "message.declarations"],
    ["a file by an entity", FILE + right.replace("carol@", "&f;@"), "message.declarations"],
    [
      "a DTD that defines an attribute",
      `<!DOCTYPE x [<!ATTLIST samlp:Response ID CDATA "y">]>${right}`,
      "message.declarations",
    ],
    ["41 levels", inside(nested(41)), "message.too_deep"],
    ["100,000 levels", inside(nested(30_000)), "message.too_deep"],
    ["4,000 elements too many", inside("<x/>".repeat(8001)), "message.too_many_elements"],
    ["257 KB", inside(`<x>${"a".repeat(257 << 10)}</x>`), "message.too_large"],
    ["a null character by its number", right.replace("carol@", "carol&#0;@"), "message.characters"],
    ["a control character by its number", right.replace("carol@", "carol&#x1F;@"), "message.characters"],
    ["a control character", right.replace("carol@", "carol\u0001@"), "message.characters"],
    ["two roots", right + right, "message.not_xml"],
    ["text behind the root", `${right}admin`, "message.not_xml"],
    ["a tag that does not end", right.slice(0, -3), "message.not_xml"],
    ["a < in an attribute", right.replace('Version="2.0"', 'Version="<"'), "message.not_xml"],
    ["an attribute twice", right.replace('Version="2.0"', 'Version="2.0" Version="2.0"'), "message.not_xml"],
    ["an entity nobody defined", right.replace("carol@", "&admin;@"), "message.not_xml"],
    ["text that is no XML", "admin@example.com", "message.not_xml"],
    ["nothing but spaces", "   ", "message.not_xml"],
  ].map(toAttack);
}
