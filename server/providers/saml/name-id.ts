/** Whom a verified assertion or sign-out message means: a NameID, or one that was encrypted for us. */
import { refuse } from "../refusal.ts";
import { isCbcEncrypted, openEncrypted } from "./decryption.ts";
import { checkMessageText } from "./message-text.ts";
import { childElements, childrenNamed, isElement, NS, parseXml } from "./xml.ts";

/** What an encrypted name opens with. */
export interface OpeningRules {
  /** Our private keys, PEM; several during a rollover. */
  readonly decryptionKeys: readonly string[];
  readonly allowsCbc: boolean;
}

/**
 * The one name below an element, opened where it is encrypted. INVARIANT: a signature vouches for the element, so that
 * nobody but the provider has chosen what is opened here.
 * @throws {ProviderRefusal} name_id.missing, assertion.incomplete (several), encryption.*, message.*, structure.root
 */
export function nameIdBelow(parent: Element, rules: OpeningRules): Element {
  const [plain, encrypted] = ["NameID", "EncryptedID"].map((name) => childrenNamed(parent, NS.assertion, name));
  if (plain!.length + encrypted!.length > 1) refuse("assertion.incomplete", "NameID twice");
  const [sealed] = encrypted!;
  if (sealed !== undefined) return opened(sealed, rules);
  return plain![0] ?? refuse("name_id.missing", "NameID");
}

/** A name and nothing else: no element may hide below it. */
function opened(encrypted: Element, { decryptionKeys, allowsCbc }: OpeningRules): Element {
  isCbcEncrypted(encrypted, allowsCbc);
  const root = parseXml(checkMessageText(openEncrypted(encrypted, decryptionKeys)));
  if (!isElement(root, NS.assertion, "NameID") || childElements(root).length > 0) refuse("structure.root");
  return root;
}
