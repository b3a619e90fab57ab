import { expect, test } from "bun:test";
import { readdirSync, writeFileSync } from "node:fs";
import { openTransferRoom, putSlice } from "../test/transfer-room.ts";
import { findTransfer } from "./store.ts";

test("BETTER-14 transfers that are open when their session ends are cancelled with it, on record, and leave nothing", async () => {
  await using room = await openTransferRoom();
  const { anna, base, directory, session } = room;
  writeFileSync(`${directory}/down`, "never fetched");
  const body = { directory, name: "up", sizeBytes: 5, modifiedAt: null, conflict: "refuse" };
  const { id } = await anna.json<{ id: string }>("POST", `${base}/uploads`, body);
  await putSlice(anna, base, id, Buffer.from("12345"), 0);
  const { id: done } = await anna.json<{ id: string }>("POST", `${base}/uploads`, { ...body, name: "done" });
  await putSlice(anna, base, done, Buffer.from("12345"), 0);
  await anna.json("POST", `${base}/uploads/${done}/finish`);
  const { id: down } = await anna.json<{ id: string }>("POST", `${base}/downloads`, { path: `${directory}/down` });

  room.console.request("session.end", { session });
  await room.console.socket.next("session.ended");
  const rows = async () =>
    await Promise.all([id, down, done].map((one) => findTransfer(room.server.core.database.queries, one)));
  while ((await rows())[0]?.state === "open") await Bun.sleep(10);
  expect((await rows()).map((row) => [row?.state, row?.finished_at !== null])).toEqual([
    ["cancelled", true],
    ["cancelled", true],
    ["finished", true],
  ]);
  const audit = await anna.json<{ rows: object[] }>("GET", "/api/login/audit?action=files.uploaded");
  expect(audit.rows).toHaveLength(2);
  expect(audit.rows[0]).toMatchObject({
    outcome: "failed",
    actorKind: "system",
    detail: { path: `${directory}/up`, state: "cancelled", code: "session.ended" },
  });
  const downloads = await anna.json<{ rows: object[] }>("GET", "/api/login/audit?action=files.downloaded");
  expect(downloads.rows).toMatchObject([{ outcome: "failed", detail: { path: `${directory}/down` } }]);
  while (readdirSync(directory).length > 2) await Bun.sleep(10);
  expect(readdirSync(directory).toSorted()).toEqual(["done", "down"]);
}, 20_000);
