import { Value } from "@sinclair/typebox/value";
import {
  HelperRequest,
  type HelperLine,
  type SystemAction,
  systemActions,
} from "../../protocol/appliance/system-actions.ts";
import { AppError } from "../../protocol/errors.ts";
import type { ActionCall, ActionHandler, ActionTable } from "./actions.ts";

/**
 * Answers one request: its shape is checked by the action's schema before any of it is looked at.
 * @param line without its end
 * @returns the last line of the answer
 */
export async function answerRequest(line: string, table: ActionTable, call: ActionCall): Promise<HelperLine> {
  try {
    const { action, asks } = readRequest(line);
    const handler = table[action] as ActionHandler<SystemAction>;
    return { kind: "done", answers: await handler(asks, call) };
  } catch (error) {
    return refusal(error);
  }
}

function readRequest(line: string): { action: SystemAction; asks: never } {
  const request = parseJson(line);
  if (!Value.Check(HelperRequest, request))
    throw new AppError("request.invalid", "The request is no JSON with an action.");
  const { action, asks } = request;
  if (!isAction(action)) throw new AppError("request.invalid", `There is no action ${JSON.stringify(action)}.`);
  const error = Value.Errors(systemActions[action].asks, asks).First();
  if (error === undefined) return { action, asks: asks as never };
  throw new AppError(
    "request.invalid",
    `${action}: ${error.path === "" ? "what is asked" : error.path} is wrong. ${error.message}.`,
  );
}

function isAction(action: string): action is SystemAction {
  return Object.hasOwn(systemActions, action);
}

function parseJson(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    // No JSON has no shape; the caller says so.
    return undefined;
  }
}

/** What is said of an error: an AppError speaks for itself, a full disk is named, anything else stays in the journal. */
function refusal(error: unknown): HelperLine {
  if (error instanceof AppError) return { kind: "refused", code: error.code, message: error.message };
  if (error instanceof Error && "code" in error && error.code === "ENOSPC") {
    return {
      kind: "refused",
      code: "storage.full",
      message: "The data partition is full, so the setting was not written. Make room and try again.",
    };
  }
  if (error instanceof Error && "code" in error && error.code === "EROFS") {
    return {
      kind: "refused",
      code: "system.failed",
      message: "The data partition can only be read, so the setting was not written. The console's menu repairs it.",
    };
  }
  console.error(error);
  return { kind: "refused", code: "internal", message: "The system's helper failed; its journal says why." };
}
