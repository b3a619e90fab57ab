/** A certificate authority for tests, made with the openssl program: what administrators really upload. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { temporaryDirectory } from "./temporary-directory.ts";

export interface IssuedCertificate {
  readonly chainPem: string;
  readonly keyPem: string;
}
export interface TestAuthority {
  readonly rootPem: string;
  readonly intermediatePem: string;
  /** A leaf for `name` below root and intermediate; the chain is leaf, intermediate. */
  issue(name: string, options?: { readonly key?: string; readonly days?: number }): IssuedCertificate;
  /** What comes of somebody's request: leaf, intermediate. */
  sign(requestPem: string, names: readonly string[]): string;
  /** A leaf that named a host before it ran out. */
  issueExpired(name: string): IssuedCertificate;
}

/** Keys are made for each; `key` is an openssl -newkey argument. */
export function makeTestAuthority(): TestAuthority {
  using directory = temporaryDirectory();
  const file = (name: string): string => join(directory.path, name);
  const authority = "basicConstraints=critical,CA:true\nkeyUsage=critical,keyCertSign,cRLSign\n";
  makeRequest(file, "root", "Northmoor Root", EC);
  openssl([
    "x509",
    "-req",
    "-in",
    file("root.csr"),
    "-signkey",
    file("root.key"),
    "-days",
    "30",
    ...out("root", authority),
  ]);
  makeRequest(file, "middle", "Northmoor Issuing", EC);
  sign("middle", "root", authority, ["-days", "30"]);
  const files = Object.fromEntries(
    ["root.pem", "root.key", "middle.pem", "middle.key"].map((name) => [name, read(name)]),
  );

  return {
    rootPem: files["root.pem"]!,
    intermediatePem: files["middle.pem"]!,
    issue: (name, { key = EC, days = 30 } = {}) => issue(name, key, ["-days", String(days)]),
    sign: signRequest,
    issueExpired: (name) => issue(name, EC, ["-not_before", "20200101000000Z", "-not_after", "20210101000000Z"]),
  };

  function issue(name: string, key: string, validity: readonly string[]): IssuedCertificate {
    using scratch = temporaryDirectory();
    const inside = (leaf: string): string => join(scratch.path, leaf);
    for (const [leaf, text] of Object.entries(files)) writeFileSync(inside(leaf), text);
    makeRequest(inside, "leaf", name, key);
    writeFileSync(inside("leaf.ext"), `subjectAltName=DNS:${name}\nbasicConstraints=CA:false\n`);
    const parts = ["-in", inside("leaf.csr"), "-CA", inside("middle.pem"), "-CAkey", inside("middle.key")];
    const extensions = ["-extfile", inside("leaf.ext"), "-out", inside("leaf.pem")];
    if (validity[0] === "-days")
      openssl(["x509", "-req", ...parts, "-set_serial", serial(), ...validity, ...extensions]);
    else issueWithDates(inside, validity);
    const chainPem = readFileSync(inside("leaf.pem"), "utf8") + files["middle.pem"]!;
    return { chainPem, keyPem: readFileSync(inside("leaf.key"), "utf8") };
  }

  function signRequest(requestPem: string, names: readonly string[]): string {
    using scratch = temporaryDirectory();
    const inside = (leaf: string): string => join(scratch.path, leaf);
    for (const [leaf, text] of Object.entries(files)) writeFileSync(inside(leaf), text);
    writeFileSync(inside("leaf.csr"), requestPem);
    writeFileSync(inside("leaf.ext"), `subjectAltName=${names.map((name) => `DNS:${name}`).join(",")}\n`);
    const parts = ["-in", inside("leaf.csr"), "-CA", inside("middle.pem"), "-CAkey", inside("middle.key")];
    const rest = ["-days", "30", "-extfile", inside("leaf.ext"), "-out", inside("leaf.pem")];
    openssl(["x509", "-req", ...parts, "-set_serial", serial(), ...rest]);
    return readFileSync(inside("leaf.pem"), "utf8") + files["middle.pem"]!;
  }

  function sign(name: string, by: string, extensions: string, validity: readonly string[]): void {
    const parts = ["-in", file(`${name}.csr`), "-CA", file(`${by}.pem`), "-CAkey", file(`${by}.key`)];
    openssl(["x509", "-req", ...parts, "-set_serial", serial(), ...validity, ...out(name, extensions)]);
  }

  function out(name: string, extensions: string): string[] {
    writeFileSync(file(`${name}.ext`), extensions);
    return ["-extfile", file(`${name}.ext`), "-out", file(`${name}.pem`)];
  }

  function read(name: string): string {
    return readFileSync(file(name), "utf8");
  }
}

const EC = "ec:P-256";

/** Chosen dates need `openssl ca` with a directory of its own. */
function issueWithDates(inside: (name: string) => string, [, from = "", , to = ""]: readonly string[]): void {
  writeFileSync(inside("index"), "");
  writeFileSync(inside("serial"), "1000\n");
  const config = `[ca]\ndefault_ca=d\n[d]\nnew_certs_dir=${inside("")}\ndatabase=${inside("index")}\nserial=${inside("serial")}
default_md=sha256\npolicy=p\nunique_subject=no\n[p]\ncommonName=supplied\n`;
  writeFileSync(inside("ca.conf"), config);
  const parts = ["-config", inside("ca.conf"), "-cert", inside("middle.pem"), "-keyfile", inside("middle.key")];
  const dates = ["-startdate", from, "-enddate", to, "-extfile", inside("leaf.ext")];
  openssl(["ca", "-batch", "-notext", ...parts, ...dates, "-in", inside("leaf.csr"), "-out", inside("leaf.pem")]);
}

function makeRequest(file: (name: string) => string, name: string, commonName: string, key: string): void {
  const newKey = key.startsWith("ec:")
    ? ["-newkey", "ec", "-pkeyopt", `ec_paramgen_curve:${key.slice(3)}`]
    : ["-newkey", key];
  const files = ["-keyout", file(`${name}.key`), "-out", file(`${name}.csr`)];
  openssl(["req", "-new", ...newKey, "-nodes", ...files, "-subj", `/CN=${commonName}`]);
}

const serial = (): string => `0x${crypto.randomUUID().replaceAll("-", "").slice(1)}`;

function openssl(words: readonly string[]): void {
  const { exitCode, stderr } = Bun.spawnSync(["openssl", ...words], { stderr: "pipe", stdout: "ignore" });
  if (exitCode !== 0) throw new Error(`openssl ${words[0] ?? ""}: ${stderr.toString()}`);
}
