import { Value } from "@sinclair/typebox/value";
import { FirstBootData, type FirstBootInterface } from "./first-boot-data.ts";

/** A larger environment is not read. */
const MAX_BYTES = 64 << 10;

/** Properties as the OVF of the image names them (appliance/image); each may be empty. */
const PROPERTIES = ["hostname", "address", "gateway", "dns", "ntp"] as const;
type PropertyName = (typeof PROPERTIES)[number];

/**
 * First-boot data from an OVF environment (DSP0243, section 11): what the administrator typed while importing the appliance.
 * @returns null for anything but such a document, and for values without the right shape
 */
export function readOvfEnvironment(text: string): FirstBootData | null {
  const properties = readProperties(text);
  if (properties === null) return null;
  const list = (name: PropertyName): string[] =>
    (properties.get(name) ?? "").split(/[\s,]+/u).filter((word) => word !== "");
  const hostname = properties.get("hostname")?.trim().toLowerCase() ?? "";
  const data = {
    ...(hostname === "" ? {} : { hostname }),
    ...(list("address").length === 0 ? {} : { interfaces: [staticInterface(list("address"), list("gateway"))] }),
    ...(list("dns").length === 0 ? {} : { dnsServers: list("dns") }),
    ...(list("ntp").length === 0 ? {} : { ntpServers: list("ntp") }),
  };
  return Value.Check(FirstBootData, data) ? data : null;
}

function staticInterface(addresses: string[], gateways: string[]): FirstBootInterface {
  return { name: null, addressing: "static", addresses, gateways, vlan: null };
}

/** The values by the last word of their key, such as "hostname" of "causeway.hostname". */
function readProperties(text: string): Map<PropertyName, string> | null {
  // Entities are declared in a DOCTYPE, which no such document has.
  if (text.length > MAX_BYTES || text.includes("<!")) return null;
  const root = parseXml(text);
  if (root === null || localName(root.name) !== "Environment") return null;
  const section = childrenOf(root).find((child) => localName(child.name) === "PropertySection");
  if (section === undefined) return null;
  const found = childrenOf(section).flatMap((property): [PropertyName, string][] => {
    const key = attribute(property, "key")?.split(".").at(-1);
    const name = PROPERTIES.find((one) => one === key);
    const value = attribute(property, "value");
    return name === undefined || value === undefined ? [] : [[name, value]];
  });
  return new Map(found);
}

interface XmlElement {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: readonly unknown[];
}

function parseXml(text: string): XmlElement | null {
  try {
    const root: unknown = Bun.XML.parse(text, { compact: false });
    return isElement(root) ? root : null;
  } catch {
    // No XML: the caller has nothing to read.
    return null;
  }
}

function isElement(value: unknown): value is XmlElement {
  return typeof value === "object" && value !== null && "name" in value && "attributes" in value;
}

const childrenOf = (element: XmlElement): XmlElement[] => element.children.filter(isElement);

function attribute({ attributes }: XmlElement, local: string): string | undefined {
  return Object.entries(attributes).find(([name]) => localName(name) === local)?.[1];
}

function localName(name: string): string {
  return name.slice(name.indexOf(":") + 1);
}
