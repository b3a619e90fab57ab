import { expect, test } from "bun:test";
import { Secret, TOTP } from "otpauth";
import { AppError } from "../../protocol/errors.ts";
import { insertSampleJumpClients } from "../jump-clients/sample-jump-clients.ts";
import { startTestServer } from "../test/test-server.ts";
import { EndUserProofs } from "./end-user-proofs.ts";
import { writeProof } from "./store.ts";

const SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP";

test("POLICY-10 wrong codes that come all at once are no more guesses than five", async () => {
  await using site = await startTestServer();
  const { core } = site;
  const group = { id: "g", name: "g", comments: "", created_at: "", owner: null, endpoint_tools: null };
  await core.database.queries.insertInto("jump_groups").values(group).execute();
  await insertSampleJumpClients(core.database, "g", 1);
  const { id } = await core.database.queries.selectFrom("jump_clients").select("id").executeTakeFirstOrThrow();
  const sealed = core.secrets.seal({ table: "jump_clients", row: id, column: "end_user_secret" }, SECRET);
  await core.database.transaction((tx) => writeProof(tx, id, { secret: sealed, lastStep: 0 }));
  const proofs = new EndUserProofs({ ...core, changed: () => undefined });
  const code = new TOTP({ secret: Secret.fromBase32(SECRET) }).generate({ timestamp: core.clock.now().getTime() });
  const wrong = (index: number): string => String((Number(code) + 1 + index) % 1_000_000).padStart(6, "0");
  const asked = await Promise.allSettled(Array.from({ length: 20 }, (_, index) => proofs.require(id, wrong(index))));
  const codes = asked.map((it) =>
    it.status === "rejected" && it.reason instanceof AppError ? it.reason.code : it.status,
  );
  expect(codes.filter((it) => it === "start.end_user_proof_required")).toHaveLength(5);
  expect(codes.filter((it) => it === "request.too_many")).toHaveLength(15);
});
