import { X509Certificate } from "node:crypto";
import { describe, expect, test } from "bun:test";
import { AppError } from "../../protocol/errors.ts";
import { makeTestAuthority } from "../test/test-authority.ts";
import { checkCertificate } from "./certificate-check.ts";
import { describeCertificate } from "./certificate-view.ts";
import { makeSelfSigned } from "./self-signed.ts";

const authority = makeTestAuthority();
/** Later than any certificate the test makes. */
const now = new Date(Date.now() + 3_600_000);

function refusal(chainPem: string, keyPem: string): string {
  try {
    checkCertificate(chainPem, keyPem, now);
  } catch (error) {
    if (error instanceof AppError && error.code === "certificate.invalid") return error.message;
    throw error;
  }
  return "";
}

describe("a certificate somebody uploads", () => {
  const good = authority.issue("support.example.org");

  test("LOGIN-04 a chain of an authority and its key are taken", () => {
    expect(checkCertificate(good.chainPem, good.keyPem, now).spkiSha256).toMatch(/^[A-Za-z0-9_-]{43}$/u);
    const rsa = authority.issue("support.example.org", { key: "rsa:2048" });
    expect(refusal(rsa.chainPem, rsa.keyPem)).toBe("");
  });

  test("a root at the end of the chain is taken too", () => {
    expect(refusal(good.chainPem + authority.rootPem, good.keyPem)).toBe("");
  });

  test("each thing that can be wrong is refused in its own words", () => {
    const other = authority.issue("other.example.org");
    const expired = authority.issueExpired("support.example.org");
    const leaf = new X509Certificate(good.chainPem).toString();
    const weak = authority.issue("support.example.org", { key: "rsa:1024" });
    const cases: [string, string, RegExp][] = [
      ["", good.keyPem, /holds no certificate/u],
      [good.chainPem, "", /holds no private key/u],
      [good.chainPem, other.keyPem, /does not belong/u],
      [expired.chainPem, expired.keyPem, /ran out/u],
      [leaf + authority.rootPem, good.keyPem, /out of order/u],
      [authority.intermediatePem + leaf, good.keyPem, /does not belong/u],
      [good.chainPem + good.keyPem, good.keyPem, /also holds a private key/u],
      [weak.chainPem, weak.keyPem, /shorter than 2048/u],
      [leaf.repeat(11), good.keyPem, /at most 10/u],
      [leaf.replace("MII", "AAA"), good.keyPem, /cannot be read/u],
      [good.chainPem, good.keyPem.replace(/\n.{20}/u, "\nAAAAAAAAAAAAAAAAAAAA"), /key cannot be read|does not belong/u],
      [good.chainPem, good.keyPem.replaceAll("PRIVATE KEY", "ENCRYPTED PRIVATE KEY"), /passphrase/u],
    ];
    for (const [chain, key, words] of cases) expect(refusal(chain, key)).toMatch(words);
  });

  test("no bytes whatever make the check fail otherwise than by refusing", () => {
    for (let round = 0; round < 300; round += 1) {
      const bytes = Buffer.from(good.chainPem);
      for (let flip = 0; flip < 4; flip += 1) bytes[Math.floor(Math.random() * bytes.length)] = Math.random() * 128;
      refusal(bytes.toString("latin1"), good.keyPem);
      refusal(good.chainPem, bytes.toString("latin1"));
    }
  });
});

describe("the certificate a site starts with", () => {
  test("LOGIN-04 it names the host, localhost and 127.0.0.1, and says that it is self-signed", () => {
    const made = makeSelfSigned("support.example.org", now);
    const chain = [new X509Certificate(made.chainPem)];
    expect(refusal(made.chainPem, made.keyPem)).toBe("");
    const view = describeCertificate(chain, "support.example.org");
    expect(view).toMatchObject({
      subject: "CN=support.example.org",
      names: ["support.example.org", "localhost", "127.0.0.1"],
      isSelfSigned: true,
      coversHostname: true,
      chainLength: 1,
      keyAlgorithm: "ECDSA P-256",
    });
    const days = (Date.parse(view.notAfter) - Date.parse(view.notBefore)) / 86_400_000;
    expect(days).toBe(825);
    expect(view.fingerprint).toMatch(/^([0-9A-F]{2}:){31}[0-9A-F]{2}$/u);
  });

  test("openssl reads it and finds it signed by itself", async () => {
    const made = makeSelfSigned("a".repeat(80), now);
    const verify = Bun.spawn(["openssl", "x509", "-noout", "-text"], {
      stdin: new Blob([made.chainPem]),
      stdout: "pipe",
    });
    const text = await new Response(verify.stdout).text();
    expect(await verify.exited).toBe(0);
    expect(text).toContain("CA:FALSE");
    expect(text).toContain("TLS Web Server Authentication");
  });

  test("one of an authority is not called self-signed", () => {
    const { chainPem } = authority.issue("support.example.org");
    const view = describeCertificate([new X509Certificate(chainPem)], "elsewhere.example.org");
    expect(view).toMatchObject({ isSelfSigned: false, coversHostname: false, issuer: "CN=Northmoor Issuing" });
  });
});
