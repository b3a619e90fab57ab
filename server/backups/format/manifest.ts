import { type Static, Type } from "@sinclair/typebox";
import { Value } from "@sinclair/typebox/value";
import { FORMAT, invalid } from "./header.ts";

/** Larger ones are not ours. */
export const MAX_MANIFEST_BYTES = 65_536;

/** What a backup says of itself, inside its encryption. A later release adds fields and keeps these. */
export const Manifest = Type.Object({
  format: Type.Literal(FORMAT),
  takenAt: Type.String({ maxLength: 40 }),
  version: Type.String({ maxLength: 100 }),
  siteName: Type.String({ maxLength: 200 }),
  hostname: Type.String({ maxLength: 300 }),
  counts: Type.Object({
    representatives: Type.Integer({ minimum: 0 }),
    jumpClients: Type.Integer({ minimum: 0 }),
    auditRows: Type.Integer({ minimum: 0 }),
  }),
});
export type Manifest = Static<typeof Manifest>;

/** @throws {AppError} backup.invalid */
export function readManifest(bytes: Uint8Array): Manifest {
  try {
    const manifest: unknown = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
    return Value.Parse(Manifest, manifest);
  } catch (error) {
    throw invalid("What this backup says of itself cannot be read by this release.", error);
  }
}
