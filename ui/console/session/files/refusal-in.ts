import { Value } from "@sinclair/typebox/value";
import { RefusalBody } from "../../../../protocol/api/common.ts";
import { AppError, type ErrorCode } from "../../../../protocol/errors.ts";
import { refusalInWords } from "../../../connection/refusal-words.ts";

/** The refusal in an answer's text; an answer that is none (a proxy's, say) counts as a lost connection. */
export function refusalIn(text: string, status: number): AppError {
  const content = parseJson(text);
  if (Value.Check(RefusalBody, content))
    return new AppError(content.code as ErrorCode, refusalInWords(content.code, content.message));
  return new AppError("channel.lost", `The appliance did not answer as expected (${status}). It is tried again.`);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
