/** OpenSSH's sshd on loopback, which lets one key in to SFTP. A real peer. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePort } from "./simple-saml-php.ts";

const START_MS = 10_000;

export interface Sshd extends AsyncDisposable {
  readonly port: number;
  readonly username: string;
  /** The private key that is let in, as OpenSSH writes it. */
  readonly privateKey: string;
  /** "SHA256:…", as ssh-keygen prints it. */
  readonly hostKey: string;
  /** A folder for files. */
  readonly folder: string;
}

export async function startSshd(): Promise<Sshd> {
  const directory = mkdtempSync(join(tmpdir(), "causeway-sshd-"));
  const at = (name: string): string => join(directory, name);
  for (const name of ["host", "client"])
    Bun.spawnSync(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", name, "-f", at(name)]);
  mkdirSync(at("files"));
  // Where it stands when it separates its privileges, which it does as root.
  if (process.getuid?.() === 0) mkdirSync("/run/sshd", { recursive: true });
  const port = freePort();
  writeFileSync(
    at("config"),
    [
      `Port ${port}`,
      "ListenAddress 127.0.0.1",
      `HostKey ${at("host")}`,
      `AuthorizedKeysFile ${at("client.pub")}`,
      `PidFile ${at("pid")}`,
      "StrictModes no",
      "UsePAM no",
      "PermitRootLogin prohibit-password",
      "PasswordAuthentication no",
      "Subsystem sftp internal-sftp",
    ].join("\n"),
  );
  const child = Bun.spawn(["/usr/sbin/sshd", "-D", "-e", "-f", at("config")], { stdout: "ignore", stderr: "ignore" });
  const shown = Bun.spawnSync(["ssh-keygen", "-l", "-f", at("host.pub")]).stdout.toString();
  await untilOpen(port);
  return {
    ...{ port, username: Bun.spawnSync(["id", "-un"]).stdout.toString().trim(), folder: at("files") },
    privateKey: readFileSync(at("client"), "utf8"),
    hostKey: /SHA256:\S+/u.exec(shown)![0],
    async [Symbol.asyncDispose]() {
      child.kill();
      await child.exited;
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

async function untilOpen(port: number): Promise<void> {
  const until = performance.now() + START_MS;
  for (;;) {
    try {
      const socket = await Bun.connect({ hostname: "127.0.0.1", port, socket: { data: () => undefined } });
      socket.end();
      return;
    } catch (error) {
      if (performance.now() > until) throw error;
      await Bun.sleep(20);
    }
  }
}
