/** What dpkg reads of the package before it unpacks it. */

/** Debian's names of the processors that a server is built for. */
export const architectures = ["amd64", "arm64"] as const;
export type Architecture = (typeof architectures)[number];

/** Debian's form of a release: what leads up to 1.4.2 ("1.4.2-rc.1") sorts before it as "1.4.2~rc.1". */
export const debianVersion = (release: string): string => release.replace("-", "~");

/** The package's own facts. */
export interface Control {
  /** As Debian writes it. */
  readonly version: string;
  readonly architecture: Architecture;
  /** Who answers for it: "Name <address>". */
  readonly maintainer: string;
}

/** The fields of DEBIAN/control (Debian policy 5.3). @param installedSize KiB on the disk */
export function controlText({ version, architecture, maintainer }: Control, installedSize: number): string {
  return `Package: causeway
Version: ${version}
Architecture: ${architecture}
Maintainer: ${maintainer}
Installed-Size: ${installedSize}
Depends: libc6 (>= 2.28), systemd (>= 252)
Section: net
Priority: optional
Description: remote support on your own premises
 Reach a computer from a browser tab: see its screen, type, open a shell, copy
 files. One program with one database; the computers it reaches only ever dial
 out to it.
 .
 This package holds the server, and the agent for every platform, which the
 server hands out. It listens on port 443 and is set up in the browser.
`;
}

/** Debian's changelog: the release alone, for what changed is told to administrators in NEWS. @param sourceDate seconds */
export function changelogText({ version, maintainer }: Control, sourceDate: number): string {
  const date = new Date(sourceDate * 1000).toUTCString().replace("GMT", "+0000");
  return `causeway (${version}) stable; urgency=medium

  * What changed is told in NEWS.gz beside this file.

 -- ${maintainer}  ${date}
`;
}
