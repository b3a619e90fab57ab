import { expect, test } from "bun:test";
import type { Status } from "../../../protocol/api/administration.ts";
import { attentionItems } from "./attention.ts";

const now = new Date("2026-11-21T12:00:00Z");

function status(change: { notAfter?: string; coversHostname?: boolean; diskFreeBytes?: number } = {}): Status {
  return {
    version: "0.1.0",
    startedAt: "2026-11-20T12:00:00Z",
    siteName: "Northmoor Council",
    hostname: "help.northmoor.example",
    certificate: {
      subject: "CN=help.northmoor.example",
      issuer: "CN=Example CA",
      names: ["help.northmoor.example"],
      notBefore: "2026-11-01T00:00:00Z",
      notAfter: change.notAfter ?? "2027-11-01T00:00:00Z",
      fingerprint: "AA",
      isSelfSigned: false,
      coversHostname: change.coversHostname ?? true,
      chainLength: 2,
      keyAlgorithm: "ECDSA P-256",
    },
    counts: { jumpClients: 0, jumpClientsOnline: 0, supportSessions: 0, representativesSignedIn: 0 },
    memoryBytes: 1,
    databaseBytes: 1,
    diskFreeBytes: change.diskFreeBytes ?? 100 * 1024 ** 3,
    restart: null,
  };
}

test("a site that is well needs nothing", () => {
  expect(attentionItems(status(), now)).toEqual([]);
});

test("a certificate is told of 30 days before its end, and when it has ended", () => {
  expect(attentionItems(status({ notAfter: "2026-12-10T12:00:00Z" }), now)).toMatchObject([
    { state: "degraded", text: "ends in 19 days. Jump Clients will accept the next one.", href: "/login/certificate" },
  ]);
  expect(attentionItems(status({ notAfter: "2026-11-20T12:00:00Z" }), now)[0]).toMatchObject({ state: "lost" });
});

test("a provider's certificate is told of before its end, unless the provider is switched off", () => {
  const provider = {
    id: "AAAAAAAAAAAAAAAAAAAAAA",
    name: "Northmoor",
    isEnabled: true,
    certificateExpiresAt: "2026-12-10T12:00:00Z",
  };
  expect(attentionItems(status(), now, [provider])).toMatchObject([{ state: "degraded", subject: "Northmoor" }]);
  const ended = { ...provider, certificateExpiresAt: "2026-11-20T12:00:00Z" };
  expect(attentionItems(status(), now, [ended])).toMatchObject([{ state: "lost", subject: "Northmoor" }]);
  expect(attentionItems(status(), now, [{ ...ended, isEnabled: false }])).toEqual([]);
  expect(attentionItems(status(), now, [{ ...provider, certificateExpiresAt: null }])).toEqual([]);
});

test("what has failed stands before what will", () => {
  const items = attentionItems(
    status({ notAfter: "2026-11-20T12:00:00Z", coversHostname: false, diskFreeBytes: 1024 ** 3 }),
    now,
  );
  expect(items.map(({ state, subject }) => `${state} ${subject}`)).toEqual([
    "lost Certificate",
    "degraded Certificate",
    "degraded Disk",
  ]);
});
