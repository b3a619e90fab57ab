/**
 * The `.run` file for Linux: a shell stub, then the gzipped agent. The stub is always the same text but for one
 * base64url string, the installer's JSON, so that no name a person gave ever stands in a script (NA1, NA3).
 */
import type { InstallerFile } from "../../protocol/hello.ts";

const STUB = `#!/bin/sh
# Causeway: installs the Jump Client that follows this script. Arguments are handed to "causeway-agent install".
set -eu
umask 077
directory=$(mktemp -d "\${TMPDIR:-/tmp}/causeway.XXXXXXXXXX")
trap 'rm -rf -- "$directory"' EXIT
trap 'exit 1' HUP INT TERM
base64url_decode() { tr -- '-_' '+/' | base64 -d; }
printf '%s' '@INSTALLER@' | base64url_decode > "$directory/causeway-installer.json"
tail -c +@OFFSET@ -- "$0" | gzip -dc > "$directory/causeway-agent"
chmod 700 "$directory/causeway-agent"
status=0
"$directory/causeway-agent" install --installer "$directory/causeway-installer.json" "$@" || status=$?
exit "$status"
`;

/** The stub for one installer; the gzipped agent follows it byte for byte. */
export function stubFor(installer: InstallerFile): Uint8Array<ArrayBuffer> {
  const json = Buffer.from(JSON.stringify(installer), "utf8");
  const padded = Buffer.concat([json, Buffer.alloc((3 - (json.length % 3)) % 3, " ")]);
  const encoded = padded.toString("base64url");
  if (!/^[A-Za-z0-9_-]+$/u.test(encoded)) throw new Error("the installer could not be written as base64url");
  const withInstaller = STUB.replace("@INSTALLER@", encoded);
  return new TextEncoder().encode(withOffset(withInstaller));
}

/** The offset counts its own digits; `tail -c +N` counts from 1. */
function withOffset(stub: string): string {
  const bare = stub.replace("@OFFSET@", "").length;
  let offset = bare + 1;
  while (bare + String(offset).length + 1 !== offset) offset = bare + String(offset).length + 1;
  return stub.replace("@OFFSET@", String(offset));
}
