/** rsyslogd on loopback, which writes what it takes into a file. A real peer. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync, existsSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { makeSelfSigned } from "../../certificates/self-signed.ts";
import { freePort } from "./simple-saml-php.ts";

const START_MS = 10_000;

export interface Rsyslogd extends AsyncDisposable {
  readonly tcp: number;
  readonly tls: number;
  readonly udp: number;
  /** PEM; its certificate is its own authority, for "localhost". */
  readonly certificate: string;
  /** The messages it took, oldest first, as its fields. */
  messages(): RsyslogMessage[];
  /** Ends it and starts it again on the same ports, with the file as it was. */
  stop(): Promise<void>;
  start(): Promise<void>;
}
/** What rsyslog made of one message. */
export interface RsyslogMessage {
  readonly facility: string;
  readonly severity: string;
  readonly hostname: string;
  readonly app: string;
  readonly id: string;
  readonly structured: string;
  readonly text: string;
}

export async function startRsyslogd(): Promise<Rsyslogd> {
  const directory = mkdtempSync(join(tmpdir(), "causeway-rsyslog-"));
  const [tcp, tls, udp] = [freePort(), freePort(), freePort()];
  const { chainPem, keyPem } = makeSelfSigned("localhost", new Date());
  writeFileSync(join(directory, "tls.crt"), chainPem);
  writeFileSync(join(directory, "tls.key"), keyPem);
  writeFileSync(join(directory, "rsyslog.conf"), configuration(directory, { tcp, tls, udp }));
  const out = join(directory, "messages");
  let child: Bun.Subprocess | null = null;
  const start = async (): Promise<void> => {
    const words = ["-n", "-f", join(directory, "rsyslog.conf"), "-i", join(directory, "pid")];
    child = Bun.spawn(["/usr/sbin/rsyslogd", ...words], { stdin: "ignore", stdout: "ignore", stderr: "ignore" });
    await untilListens(tcp);
  };
  const stop = async (): Promise<void> => {
    child?.kill();
    await child?.exited;
    child = null;
  };
  await start();
  return {
    ...{ tcp, tls, udp, certificate: chainPem, start, stop },
    messages: () =>
      (existsSync(out) ? readFileSync(out, "utf8") : "")
        .split("\n")
        .filter((line) => line !== "")
        .map((line) => JSON.parse(line) as RsyslogMessage),
    async [Symbol.asyncDispose]() {
      await stop();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

const configuration = (directory: string, ports: { tcp: number; tls: number; udp: number }): string => `
global(workDirectory="${directory}" maxMessageSize="16k"
  defaultNetstreamDriverCAFile="${directory}/tls.crt"
  defaultNetstreamDriverCertFile="${directory}/tls.crt"
  defaultNetstreamDriverKeyFile="${directory}/tls.key")
module(load="imtcp")
module(load="imudp")
input(type="imtcp" address="127.0.0.1" port="${ports.tcp}")
input(type="imtcp" address="127.0.0.1" port="${ports.tls}" streamDriver.name="gtls" streamDriver.mode="1" streamDriver.authMode="anon")
input(type="imudp" address="127.0.0.1" port="${ports.udp}")
template(name="fields" type="list" option.jsonf="on") {
  property(outname="facility" name="syslogfacility-text" format="jsonf")
  property(outname="severity" name="syslogseverity-text" format="jsonf")
  property(outname="hostname" name="hostname" format="jsonf")
  property(outname="app" name="app-name" format="jsonf")
  property(outname="id" name="msgid" format="jsonf")
  property(outname="structured" name="structured-data" format="jsonf")
  property(outname="text" name="msg" format="jsonf")
}
action(type="omfile" file="${directory}/messages" template="fields")
`;

async function untilListens(port: number): Promise<void> {
  for (const end = Date.now() + START_MS; Date.now() < end; await Bun.sleep(50)) {
    try {
      const socket = await Bun.connect({ hostname: "127.0.0.1", port, socket: { data: () => undefined } });
      socket.end();
      return;
    } catch {
      // Not yet.
    }
  }
  throw new Error("rsyslogd does not listen");
}
