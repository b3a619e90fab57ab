import { connect } from "node:net";
import { Value } from "@sinclair/typebox/value";
import {
  type Answers,
  type Asks,
  HelperLine,
  MAX_HELPER_LINE_BYTES,
  type SystemAction,
} from "../../protocol/appliance/system-actions.ts";
import { AppError } from "../../protocol/errors.ts";

/** The longest answer that is waited for; nothing the console asks takes as long. */
const ANSWER_TIMEOUT_MS = 60_000;

/**
 * Asks the helper through its socket.
 * @throws {AppError} what the helper refuses; system.unavailable when it is not there
 */
export async function askHelper<A extends SystemAction>(path: string, action: A, asks: Asks<A>): Promise<Answers<A>> {
  const text = await exchange(path, `${JSON.stringify({ action, asks })}\n`);
  const line: unknown = JSON.parse(text.trimEnd().split("\n").at(-1) ?? "null");
  if (!Value.Check(HelperLine, line) || line.kind === "progress") throw unavailable(null);
  if (line.kind === "refused") throw new AppError(line.code, line.message);
  return line.answers as Answers<A>;
}

async function exchange(path: string, request: string): Promise<string> {
  return await new Promise((resolve, reject) => {
    const socket = connect({ path });
    let text = "";
    socket.setEncoding("utf8").setTimeout(ANSWER_TIMEOUT_MS, () => socket.destroy(new Error("no answer in time")));
    socket.once("connect", () => socket.write(request));
    socket.once("error", (cause) => reject(unavailable(cause)));
    socket.on("data", (piece: string) => {
      text += piece;
      if (text.length > 64 * MAX_HELPER_LINE_BYTES) socket.destroy(new Error("an endless answer"));
    });
    socket.once("end", () => (text === "" ? reject(unavailable(null)) : resolve(text)));
  });
}

function unavailable(cause: unknown): AppError {
  return new AppError(
    "system.unavailable",
    "The system's helper does not answer. Restart the appliance if this lasts.",
    { cause },
  );
}
