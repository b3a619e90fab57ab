/** Real certificates for tests, made by openssl. */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { X509Certificate } from "node:crypto";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { spkiOf } from "../trust/peer-certificate.ts";

export interface TestCertificate {
  readonly key: string;
  readonly cert: string;
  readonly spki: string;
}

/** A self-signed certificate with a key of its own; for "localhost" and 127.0.0.1 unless another name is wished. */
export function makeCertificate({ name = "localhost" }: { readonly name?: string } = {}): TestCertificate {
  const directory = mkdtempSync(join(tmpdir(), "causeway-certificate-"));
  try {
    const key = join(directory, "key.pem");
    const cert = join(directory, "cert.pem");
    const names = name === "localhost" ? "DNS:localhost,IP:127.0.0.1" : `DNS:${name}`;
    const words = "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes".split(" ");
    const { exitCode, stderr } = Bun.spawnSync([
      "openssl",
      ...[...words, "-keyout", key, "-out", cert, "-subj", `/CN=${name}`],
      ...["-days", "30", "-addext", `subjectAltName=${names}`],
    ]);
    if (exitCode !== 0) throw new Error(`openssl: ${stderr.toString()}`);
    const pem = readFileSync(cert, "utf8");
    return { key: readFileSync(key, "utf8"), cert: pem, spki: spkiOf(new X509Certificate(pem)) };
  } finally {
    rmSync(directory, { recursive: true });
  }
}
