import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "bun:test";
import {
  APPLIANCE,
  causewayObjects,
  ENTERPRISE,
  type ProductReadings,
  type UpdateReading,
} from "./causeway-objects.ts";

const mib = readFileSync(join(import.meta.dir, "../../../docs/admin/CAUSEWAY-MIB.txt"), "utf8");
const readings: ProductReadings = {
  ...{ version: "1.4.0", sessions: 3, jumpClientsOnline: 40, certificateDaysLeft: -2, lastBackupAgeSeconds: 12.7 },
  health: "attention",
  update: "none",
};

test("the MIB says what is answered: the same numbers, in the same order, with the same words", () => {
  expect(mib).toContain(`::= { enterprises ${ENTERPRISE} 1 }`);
  expect(APPLIANCE.join(".")).toBe(`1.3.6.1.4.1.${ENTERPRISE}.1.1`);
  const inMib = Array.from(mib.matchAll(/^(causeway\w+) OBJECT-TYPE[\s\S]*?::= \{ causewayObjects (\d+) \}/gmu));
  const answered = causewayObjects(readings).map(({ name }) => name.at(-2));
  expect(inMib.map(([, , number]) => Number(number))).toEqual(answered as number[]);
  expect(inMib.map(([, name]) => name)).toEqual([
    ...["causewayVersion", "causewayHealth", "causewaySessions", "causewayJumpClientsOnline"],
    ...["causewayCertificateDaysLeft", "causewayLastBackupAge", "causewayUpdateState"],
  ]);
  const states = Array.from(mib.matchAll(/(none|receiving|preparing|ready|restarting|failed)\((\d)\)/gu))
    .map(([, state, number]) => [state as UpdateReading, Number(number)] as const)
    .filter(([state, number]) => state !== "failed" || number === 6);
  for (const [update, number] of states)
    expect(causewayObjects({ ...readings, update })[6]!.value).toEqual({ kind: "integer", value: number });
  expect(states).toHaveLength(6);
});

test("a certificate that has run out is below 0, and no backup is -1", () => {
  const values = causewayObjects({ ...readings, lastBackupAgeSeconds: null }).map(({ value }) => value);
  expect(values[4]).toEqual({ kind: "integer", value: -2 });
  expect(values[5]).toEqual({ kind: "integer", value: -1 });
  expect(causewayObjects(readings)[5]!.value).toEqual({ kind: "integer", value: 12 });
});
