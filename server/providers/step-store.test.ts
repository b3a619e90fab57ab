import { describe, expect, test } from "bun:test";
import { noRooms, startTestServer } from "../test/test-server.ts";
import { insertStep } from "./step-store.ts";

const AT = "2026-11-21T01:00:00.000Z";
const LATER = "2026-11-21T01:10:00.000Z";
const MANY = 20_000;

describe("what strangers make the site remember while they are away", () => {
  test("is bounded for each kind, keeps no other kind out, and is forgotten when it has run out", async () => {
    await using site = await startTestServer({ openRooms: noRooms });
    const { database } = site.core;
    const rows = Array.from({ length: MANY }, (_, index) => ({
      ...{ token_hash: `step-${index}`, kind: "provider-sign-in", representative: null },
      ...{ value: "{}", expires_at: LATER },
    }));
    await database.transaction(async (tx) => {
      for (let first = 0; first < MANY; first += 1000)
        await tx
          .insertInto("sign_in_steps")
          .values(rows.slice(first, first + 1000))
          .execute();
    });
    const begin = (kind: string, now = AT) =>
      database
        .transaction((tx) =>
          insertStep(tx, { key: `${kind} ${now}`, kind, now, value: "{}", expiresAt: "2026-11-21T03:00:00.000Z" }),
        )
        .then(
          () => "kept",
          (error: { code?: string }) => error.code,
        );
    expect(await begin("provider-sign-in")).toBe("request.too_many");
    expect(await begin("sign-in-refusal")).toBe("kept");
    expect(await begin("provider-sign-in", "2026-11-21T01:10:01.000Z")).toBe("kept");
    const left = await database.queries.selectFrom("sign_in_steps").select("token_hash").execute();
    expect(left).toHaveLength(2);
  });
});
