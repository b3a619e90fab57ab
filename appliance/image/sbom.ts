import type { Release } from "./bundle.ts";
import { idOf } from "./slot.ts";

/** A part of the appliance, as CycloneDX 1.5 describes it. */
export interface Component {
  readonly type: "library" | "application";
  readonly name: string;
  readonly version: string;
  /** Package URL; also the reference. */
  readonly purl: string;
  readonly hashes?: readonly { readonly alg: "SHA-512"; readonly content: string }[];
  readonly properties?: readonly { readonly name: string; readonly value: string }[];
}

/** Packages of the pages: they are built in, so package.json counts them among what builds. A test keeps the list whole. */
export const pagePackages: readonly string[] = [
  "@lucide/svelte",
  "@xterm/addon-fit",
  "@xterm/addon-search",
  "@xterm/addon-unicode11",
  "@xterm/addon-webgl",
  "@xterm/xterm",
  "bits-ui",
  "fflate",
  "svelte",
  "uqr",
  "wuchale",
];

/** bun.lock, as far as it is read here. */
export interface LockFile {
  readonly workspaces: { readonly "": { readonly dependencies: Readonly<Record<string, string>> } };
  /** name or parent/name -> [name@version, registry, metadata, integrity] */
  readonly packages: Readonly<Record<string, readonly unknown[]>>;
}

/** Writes the bill of materials: Debian's packages, npm's that are built in, and Bun, which is inside each program. */
export async function makeBillOfMaterials(packageList: string, release: Release, path: string): Promise<void> {
  const lock = Bun.JSONC.parse(await Bun.file("bun.lock").text()) as LockFile;
  const components = [...debianComponents(packageList), ...npmComponents(lock, pagePackages), bunComponent()];
  await Bun.write(path, `${JSON.stringify(billOfMaterials(components, release), null, 1)}\n`);
}

/** The document; equal components have equal serial numbers. */
export function billOfMaterials(components: readonly Component[], { version, sourceDate }: Release): object {
  return {
    bomFormat: "CycloneDX",
    specVersion: "1.5",
    serialNumber: `urn:uuid:${idOf(JSON.stringify([version, components]))}`,
    version: 1,
    metadata: {
      timestamp: new Date(sourceDate * 1000).toISOString(),
      component: { type: "operating-system", "bom-ref": "causeway", name: "causeway-appliance", version },
    },
    components: components.map((component) => ({ ...component, "bom-ref": component.purl })),
  };
}

/** From dpkg's lines: name, version, architecture, source package. */
export function debianComponents(packageList: string): Component[] {
  return packageList
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => {
      const [name = "", version = "", architecture = "", source = name] = line.split(" ");
      const purl = `pkg:deb/debian/${encodeURIComponent(name)}@${encodeURIComponent(version)}?arch=${architecture}&distro=trixie`;
      return { type: "library", name, version, purl, properties: [{ name: "debian:source", value: source }] };
    });
}

/** What the programs need at run time and what the pages have built in, with everything those need in turn. */
export function npmComponents(lock: LockFile, pages: readonly string[]): Component[] {
  const waiting = [...Object.keys(lock.workspaces[""].dependencies), ...pages].map((name) => ({ name, parents: "" }));
  const found = new Map<string, Component>();
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const key = lockKey(lock, next.name, next.parents);
    if (key === null || found.has(key)) continue;
    const [spec, , metadata, integrity] = lock.packages[key]!;
    found.set(key, npmComponent(String(spec), typeof integrity === "string" ? integrity : ""));
    const { dependencies = {} } = metadata as { dependencies?: Record<string, string> };
    waiting.push(...Object.keys(dependencies).map((name) => ({ name, parents: key })));
  }
  const unique = new Map([...found.values()].map((component) => [component.purl, component]));
  return [...unique.values()].sort((a, b) => (a.purl < b.purl ? -1 : 1));
}

/** A package's own copy of a dependency goes before its parents', and those before the common one. */
function lockKey(lock: LockFile, name: string, parents: string): string | null {
  for (let prefix = parents; prefix !== ""; prefix = prefix.slice(0, Math.max(0, prefix.lastIndexOf("/")))) {
    if (`${prefix}/${name}` in lock.packages) return `${prefix}/${name}`;
  }
  return name in lock.packages ? name : null;
}

function npmComponent(spec: string, integrity: string): Component {
  const at = spec.lastIndexOf("@");
  const [name, version] = [spec.slice(0, at), spec.slice(at + 1)];
  const purl = `pkg:npm/${name.replace("@", "%40")}@${version}`;
  const match = /^sha512-(.+)$/u.exec(integrity);
  const content = Buffer.from(match?.[1] ?? "", "base64").toString("hex");
  return { type: "library", name, version, purl, ...(match === null ? {} : { hashes: [{ alg: "SHA-512", content }] }) };
}

function bunComponent(): Component {
  return { type: "application", name: "bun", version: Bun.version, purl: `pkg:npm/bun@${Bun.version}` };
}
