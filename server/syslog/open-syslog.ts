import type { Log } from "../log.ts";
import { Syslog, type SyslogNeeds } from "./syslog.ts";

const EVERY_MS = 1000;

/** Feeds the receiver until disposed. */
export async function openSyslog(needs: SyslogNeeds & { readonly log: Log }): Promise<{ syslog: Syslog } & Disposable> {
  const syslog = await Syslog.open(needs);
  const timer = setInterval(() => {
    syslog.run().catch((error: unknown) => needs.log.error("the audit log could not be sent to syslog", error));
  }, EVERY_MS);
  return {
    syslog,
    [Symbol.dispose]: () => {
      clearInterval(timer);
      syslog[Symbol.dispose]();
    },
  };
}
