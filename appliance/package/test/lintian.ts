/** Debian's own look at a package, with our reasons for what differs in files/lintian-overrides. @throws {Error} */
export async function lintianComplaints(file: string): Promise<string> {
  const words = ["lintian", "--allow-root", "--display-info", "--fail-on", "none", file];
  const child = Bun.spawn(words, { stdout: "pipe", stderr: "ignore" });
  const text = await new Response(child.stdout).text();
  const lines = text.split("\n").filter((line) => /^[EWI]: /u.test(line));
  if ((await child.exited) !== 0 || lines.length > 0) throw new Error(`lintian says:\n${lines.join("\n")}`);
  return "no error, no warning, no information";
}
