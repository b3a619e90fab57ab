/** `--name`: what the site is to call this computer. */
import { Value } from "@sinclair/typebox/value";
import { AppError } from "../../protocol/errors.ts";
import { JumpClientName } from "../../protocol/messages/agent.ts";
import type { AgentState } from "../trust/agent-state.ts";

/** The name that was given; null where none was. @throws {AppError} request.invalid */
export function jumpClientName(options: ReadonlyMap<string, string>): string | null {
  const name = options.get("name")?.trim();
  if (name === undefined) return null;
  if (!Value.Check(JumpClientName, name))
    throw new AppError("request.invalid", "--name takes one line of 1 to 128 characters.");
  return name;
}

/** What is said where a name was given for a computer that has one. */
export function alreadyNamed(state: AgentState): string {
  return `This computer is already enrolled${state.name === null ? "" : ` as ${state.name}`} and keeps that name. Change it in the site's list of Jump Clients.`;
}
