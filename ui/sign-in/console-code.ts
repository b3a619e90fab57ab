/** A code from the appliance's console, as people type it. The server has the last word. Pure. */

/** What is wrong with what was typed; "" when nothing shows. */
export function codeProblem(text: string): string {
  const plain = text.replaceAll(/[\s-]/gu, "");
  if (plain === "") return "Type the code from the console.";
  return /^[A-Za-z0-9]{8}$/u.test(plain) ? "" : "The code has eight letters and digits.";
}
