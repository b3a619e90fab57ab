/** Real certificates for tests, made by openssl. */
import { randomBytes, X509Certificate } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { spkiOf } from "../trust/peer-certificate.ts";

export interface TestCertificate {
  readonly key: string;
  readonly cert: string;
  readonly spki: string;
}

export interface TestCertificateOptions {
  /** "localhost" fits 127.0.0.1 too. */
  readonly name?: string;
  /** It ran out yesterday. */
  readonly isExpired?: boolean;
  /** Who signed it; otherwise it signs itself. */
  readonly issuer?: TestCertificate;
}

const DAY_MS = 86_400_000;
const AUTHORITY = `
[ca]
default_ca = authority
[authority]
database = index.txt
serial = serial.txt
new_certs_dir = .
default_md = sha256
policy = any
copy_extensions = copy
[any]
commonName = supplied
`;

/** A certificate with a key of its own. */
export function makeCertificate(options: TestCertificateOptions = {}): TestCertificate {
  const { name = "localhost", isExpired = false, issuer } = options;
  const directory = mkdtempSync(join(tmpdir(), "causeway-certificate-"));
  const openssl = (...words: string[]): void => {
    const { exitCode, stderr } = Bun.spawnSync(["openssl", ...words], { cwd: directory });
    if (exitCode !== 0) throw new Error(`openssl: ${stderr.toString()}`);
  };
  const read = (file: string): string => readFileSync(join(directory, file), "utf8");
  try {
    writeFileSync(join(directory, "ca.cnf"), AUTHORITY);
    writeFileSync(join(directory, "index.txt"), "");
    writeFileSync(join(directory, "serial.txt"), randomBytes(8).toString("hex"));
    const names = name === "localhost" ? "DNS:localhost,IP:127.0.0.1" : `DNS:${name}`;
    const extensions = ["-addext", `subjectAltName=${names}`, "-addext", "basicConstraints=CA:TRUE"];
    const newKey = "req -new -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -keyout key.pem -out asked.pem";
    openssl(...newKey.split(" "), "-subj", `/CN=${name}`, ...extensions);
    if (issuer !== undefined) {
      writeFileSync(join(directory, "issuer.pem"), issuer.cert);
      writeFileSync(join(directory, "issuer-key.pem"), issuer.key);
    }
    const signer = issuer === undefined ? "-selfsign -keyfile key.pem" : "-cert issuer.pem -keyfile issuer-key.pem";
    const sign = `ca -batch -config ca.cnf -notext -in asked.pem -out cert.pem ${signer}`;
    const [from, until] = isExpired ? [-3, -1] : [-1, 30];
    openssl(...sign.split(" "), "-startdate", inDays(from), "-enddate", inDays(until));
    const cert = read("cert.pem");
    return { key: read("key.pem"), cert, spki: spkiOf(new X509Certificate(cert)) };
  } finally {
    rmSync(directory, { recursive: true });
  }
}

/** As openssl wants it: YYYYMMDDHHMMSSZ. */
function inDays(days: number): string {
  const [whole = ""] = new Date(Date.now() + days * DAY_MS).toISOString().split(".");
  return `${whole.replaceAll(/\D/gu, "")}Z`;
}
