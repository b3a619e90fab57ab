import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Program } from "../../../tools/desktop/program.ts";

/** What an administrator uploads: PEM files of a chain from a certificate authority, and its key. */
export interface CertificateFiles extends Disposable {
  readonly chain: string;
  readonly key: string;
}

/** Has openssl make an authority and let it sign a certificate for a host name; the files go with the disposal. */
export async function makeCertificateFiles(hostname: string): Promise<CertificateFiles> {
  const folder = mkdtempSync(join(tmpdir(), "causeway-certificate-"));
  const file = (name: string): string => join(folder, name);
  writeFileSync(file("names"), `subjectAltName=DNS:${hostname}\n`);
  const newKey = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"];
  const authority = ["-keyout", file("ca.key"), "-out", file("ca.pem"), "-subj", "/CN=Northmoor CA"];
  await openssl(["req", "-x509", ...newKey, ...authority, "-days", "30"]);
  await openssl(["req", ...newKey, "-keyout", file("key.pem"), "-out", file("request"), "-subj", `/CN=${hostname}`]);
  const signer = ["-CA", file("ca.pem"), "-CAkey", file("ca.key"), "-CAcreateserial", "-days", "20"];
  await openssl([
    "x509",
    "-req",
    "-in",
    file("request"),
    ...signer,
    "-extfile",
    file("names"),
    "-out",
    file("leaf.pem"),
  ]);
  const [leaf, root] = await Promise.all([Bun.file(file("leaf.pem")).text(), Bun.file(file("ca.pem")).text()]);
  writeFileSync(file("chain.pem"), leaf + root);
  return {
    chain: file("chain.pem"),
    key: file("key.pem"),
    [Symbol.dispose]: () => rmSync(folder, { recursive: true, force: true }),
  };
}

async function openssl(words: readonly string[]): Promise<void> {
  const lines: string[] = [];
  await using program = new Program(["openssl", ...words], { onLine: (line) => lines.push(line) });
  const code = await program.exited;
  if (code !== 0) throw new Error(`openssl ${words[0]} ended with ${code}:\n${lines.join("\n")}`);
}
