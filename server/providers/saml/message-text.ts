/**
 * A SAML message before any XML parser sees it. What is too large, too deep or holds a declaration is refused here, by a
 * scan that neither recurses nor goes back: without these limits a message of a stranger stopped the loop for 2.8 s.
 */
import { refuse } from "../refusal.ts";

export const MAX_MESSAGE_BYTES = 256 << 10;
const MAX_ELEMENTS = 4000;
const MAX_DEPTH = 40;

const LESS = 0x3c;
const GREATER = 0x3e;
const SLASH = 0x2f;
const QUOTE = 0x22;
const APOSTROPHE = 0x27;

/** The XML inside a POST binding's base64. @throws {ProviderRefusal} message.* */
export function readPostedMessage(base64: string): string {
  if (base64.length > (MAX_MESSAGE_BYTES / 3) * 4 + 4) refuse("message.too_large");
  // Some identity providers break the text into lines.
  const text = base64.replace(/[\r\n\t ]/gu, "");
  if (!/^[A-Za-z0-9+/]+={0,2}$/u.test(text)) refuse("message.encoding");
  return checkMessageText(decodeUtf8(Buffer.from(text, "base64")));
}

/** Bytes as text. @throws {ProviderRefusal} message.encoding */
export function decodeUtf8(bytes: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return refuse("message.encoding");
  }
}

/**
 * The same text, once nothing in it can hurt a parser: no control characters, no `<!` or `<?` but the first declaration, at
 * most 4,000 elements, 40 deep.
 * @throws {ProviderRefusal} message.*
 */
export function checkMessageText(xml: string, maxElements = MAX_ELEMENTS): string {
  if (xml.length > MAX_MESSAGE_BYTES * 2) refuse("message.too_large");
  if (CONTROL.test(xml) || CONTROL_REFERENCE.test(xml)) refuse("message.characters");
  const body = xml.replace(/^\uFEFF?\s*<\?xml [^?<>]{0,200}\?>/u, "");
  if (body.includes("<!") || body.includes("<?")) refuse("message.declarations");
  checkTags(body, maxElements);
  return xml;
}

const CONTROL = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/u;
const CONTROL_REFERENCE = /&#(?:0*(?:[0-8]|1[124-9]|2\d|3[01])|[xX]0*(?:[0-8bcefBCEF]|1[0-9a-fA-F]));/u;

function checkTags(body: string, maxElements: number): void {
  let depth = 0;
  let elements = 0;
  if (body.slice(0, Math.max(0, body.indexOf("<"))).trim() !== "") refuse("message.not_xml");
  if (body.slice(body.lastIndexOf(">") + 1).trim() !== "") refuse("message.not_xml");
  for (let at = body.indexOf("<"); at !== -1; at = body.indexOf("<", at)) {
    elements += 1;
    if (elements > maxElements * 2) refuse("message.too_many_elements");
    const end = endOfTag(body, at + 1);
    if (body.charCodeAt(at + 1) === SLASH) depth -= 1;
    else if (body.charCodeAt(end - 1) !== SLASH) depth += 1;
    if (depth > MAX_DEPTH) refuse("message.too_deep");
    if (depth < 0) refuse("message.not_xml");
    at = end + 1;
  }
  if (elements === 0 || depth !== 0) refuse("message.not_xml");
}

/** Where the tag that began before `from` ends: at its ">". */
function endOfTag(body: string, from: number): number {
  let quote = 0;
  for (let at = from; at < body.length; at += 1) {
    const code = body.charCodeAt(at);
    if (code === LESS) refuse("message.not_xml");
    if (quote !== 0) quote = code === quote ? 0 : quote;
    else if (code === QUOTE || code === APOSTROPHE) quote = code;
    else if (code === GREATER) return at;
  }
  return refuse("message.not_xml");
}
