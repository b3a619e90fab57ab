/** A package that is built in. */
export interface Part {
  readonly name: string;
  readonly version: string;
  /** As it states it itself, mostly an SPDX expression. */
  readonly license: string;
}

/** Debian's file of copyrights: the author's, and whose work is built in. */
export function copyrightText(author: string, parts: readonly Part[]): string {
  const lines = parts.map(({ name, version, license }) => `  ${name} ${version}: ${license}`);
  return `Causeway, remote support on your own premises.
Copyright 2026 ${author}. All rights reserved.

The programs are built with Bun ${Bun.version} (MIT; WebKit's JavaScriptCore in it is
under the LGPL-2 and BSD licences, see https://bun.sh/docs/project/licensing and
/usr/share/common-licenses/LGPL-2) and have these packages of others built in:

${lines.join("\n")}
`;
}
