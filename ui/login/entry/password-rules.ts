/** What a new password must be, said before it is typed. The server has the last word. */
import { plural } from "../../languages/plural.ts";

export const MIN_PASSWORD_LENGTH = 12;
export const PASSWORD_RULE = `At least ${MIN_PASSWORD_LENGTH} characters. A few words are easier to remember than signs.`;

/** What is wrong with a new password; "" when nothing shows. */
export function passwordProblem(password: string): string {
  const missing = MIN_PASSWORD_LENGTH - [...password].length;
  if (missing <= 0) return "";
  const needed = plural(missing, ["# more character needed", "# more characters needed"]);
  return `${needed}: at least ${MIN_PASSWORD_LENGTH}.`;
}

/** What is wrong with the repetition; "" when it is the same. */
export function repetitionProblem(password: string, repetition: string): string {
  return password === repetition ? "" : "The two passwords differ. Type the same one twice.";
}
