/** The few things we do with XML: parse what was checked, walk elements, write attributes. */
import { DOMParser, XMLSerializer } from "@xmldom/xmldom";
import { refuse } from "../refusal.ts";

export const NS = {
  protocol: "urn:oasis:names:tc:SAML:2.0:protocol",
  assertion: "urn:oasis:names:tc:SAML:2.0:assertion",
  metadata: "urn:oasis:names:tc:SAML:2.0:metadata",
  signature: "http://www.w3.org/2000/09/xmldsig#",
  encryption: "http://www.w3.org/2001/04/xmlenc#",
} as const;

/** The root element. Anything a parser would only warn of is refused. @throws {ProviderRefusal} message.not_xml */
export function parseXml(checkedText: string): Element {
  const problems: string[] = [];
  const note = (problem: string): void => {
    problems.push(problem);
  };
  const errorHandler = { warning: note, error: note, fatalError: note };
  let parsed: Document | undefined;
  try {
    parsed = new DOMParser({ errorHandler }).parseFromString(checkedText, "text/xml");
  } catch (error) {
    note(error instanceof Error ? error.message : "");
  }
  const root = parsed?.documentElement;
  if (problems.length > 0 || parsed === undefined || !root) return refuse("message.not_xml");
  if (childElements(parsed).length !== 1) refuse("message.not_xml");
  return root;
}

/** The elements right below a node. */
export function childElements(node: Node): Element[] {
  return Array.from(node.childNodes).filter((child): child is Element => child.nodeType === 1);
}

/** An element and everything below it; no recursion. */
export function allElements(root: Element): Element[] {
  const found: Element[] = [];
  const waiting = [root];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    found.push(next);
    waiting.push(...childElements(next));
  }
  return found;
}

export const isElement = (element: Element, namespace: string, name: string): boolean =>
  element.namespaceURI === namespace && element.localName === name;

/** Children of one name. */
export const childrenNamed = (parent: Element, namespace: string, name: string): Element[] =>
  childElements(parent).filter((child) => isElement(child, namespace, name));

/** An attribute without a namespace, or `null` where it is missing or empty. */
export const attribute = (element: Element, name: string): string | null => element.getAttribute(name) || null;

export const textOf = (element: Element | undefined): string => (element?.textContent ?? "").trim();

/** An element as text, with the namespaces it inherits. */
export const serialized = (element: Element): string => new XMLSerializer().serializeToString(element);
