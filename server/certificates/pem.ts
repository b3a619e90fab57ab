/** PEM text to its blocks, and back. Pure. */

/** One `-----BEGIN X-----` block, as text with its lines. */
export interface PemBlock {
  readonly label: string;
  readonly text: string;
}

const BLOCK = /-----BEGIN ([A-Z0-9 ]{1,40})-----\r?\n[A-Za-z0-9+/=\s]*?-----END \1-----/gu;

/** Every block in order. What stands between blocks (names, comments) is skipped, as OpenSSL does. */
export function readPem(text: string): PemBlock[] {
  return Array.from(text.matchAll(BLOCK), (match) => ({ label: match[1]!, text: `${match[0]}\n` }));
}

/** DER as one block. */
export function writePem(label: string, content: Uint8Array): string {
  const lines =
    Buffer.from(content)
      .toString("base64")
      .match(/.{1,64}/gu) ?? [];
  return `-----BEGIN ${label}-----\n${lines.join("\n")}\n-----END ${label}-----\n`;
}
