/** The manual page, from what `causeway help` prints, so that no option stands in two places. */

/** A line of the help: two blanks, the command with its options. Below it, six blanks and what it is for. */
const COMMAND = /^ {2}(\S.*)\n {6}(\S.*)$/gmu;

/** @returns causeway(8) as roff. @throws {Error} where the help has another shape */
export function manualPage(help: string, version: string): string {
  const commands = [...help.matchAll(COMMAND)].map(([, usage = "", summary = ""]) => ({ usage, summary }));
  if (commands.length === 0) throw new Error(`This is no help of causeway:\n${help.slice(0, 500)}`);
  const shown = commands.map(({ usage, summary }) => `.TP\n.B ${escaped(usage)}\n${escaped(summary)}\n`);
  return `.TH CAUSEWAY 8 "" "Causeway ${escaped(version)}" "System administration"
.SH NAME
causeway \\- remote support on your own premises
.SH SYNOPSIS
.B causeway
.I command
.RI [ option ...]
.SH DESCRIPTION
The server runs as the service
.BR causeway.service ;
these commands look after its data, which lie in
.IR /var/lib/causeway .
Run them as the user causeway, also while the server runs:
.PP
.in +4n
.EX
runuser \\-u causeway \\-\\- causeway doctor \\-\\-data /var/lib/causeway
.EE
.in
.SH COMMANDS
${shown.join("")}.SH EXIT STATUS
0: done. 1: it could not be done, and the last line says why. 2: it was typed wrongly. 78: the data
belong to a newer release, and systemd does not try it again.
.SH FILES
.TP
.I /var/lib/causeway
The site: its database, its key, its certificates. Belongs to the user causeway.
.TP
.I /usr/share/causeway/agents
The agents that the server hands out.
.SH SEE ALSO
.BR journalctl (1),
.BR systemctl (1)
`;
}

/** A minus is a minus, and no line is taken for a macro. */
const escaped = (text: string): string =>
  text.replaceAll("\\", "\\e").replaceAll("-", "\\-").replace(/^[.']/u, "\\&$&");
