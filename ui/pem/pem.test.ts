import { expect, test } from "bun:test";
import { certificatesIn, pemProblem } from "./pem.ts";

const certificate = "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n";
const key = "-----BEGIN PRIVATE KEY-----\nMIIB\n-----END PRIVATE KEY-----\n";

test("a chain and a key are taken where they belong", () => {
  expect(pemProblem("chain", certificate + certificate)).toBe("");
  expect(certificatesIn(certificate + certificate)).toBe(2);
  for (const kind of ["", "EC ", "RSA "]) expect(pemProblem("key", key.replace("PRIVATE", `${kind}PRIVATE`))).toBe("");
});

test("a mistaken file is named for what it is", () => {
  expect(pemProblem("chain", key)).toContain("holds a private key");
  expect(pemProblem("chain", "PK\u0003\u0004")).toContain("holds no certificate");
  expect(pemProblem("key", certificate)).toContain("holds no private key");
  expect(pemProblem("key", key.replace("PRIVATE", "ENCRYPTED PRIVATE"))).toContain("protected by a password");
});
