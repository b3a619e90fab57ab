/** Runs a program of this computer to its end. @throws {Error} with what it complained about */
export async function runTool(command: string[]): Promise<void> {
  const child = Bun.spawn(command, { stdin: "ignore", stdout: "ignore", stderr: "pipe" });
  const complaint = await new Response(child.stderr).text();
  if ((await child.exited) !== 0) throw new Error(`${command.slice(0, 2).join(" ")}: ${complaint.trim()}`);
}
