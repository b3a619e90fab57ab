/** Puts the parts of the agent together and runs them until it is told to stop. */
import type { Dial } from "../connection/socket.ts";
import { CustomerConsent } from "../consent/customer-consent.ts";
import { CustomerNotice } from "../consent/customer-notice.ts";
import { ControlWatch } from "../input/control-watch.ts";
import { JumpClient, type JumpClientState } from "../connection/jump-client.ts";
import { systemClock, Ticker } from "../clock.ts";
import { sessionsWithUploads } from "../files/left-uploads.ts";
import { LiveSessions } from "../session/live-sessions.ts";
import { sessionTools } from "../session/session-tools.ts";
import { openSystem } from "../system/current.ts";
import { watchSystem } from "../system/system.ts";
import type { AgentState } from "../trust/agent-state.ts";
import { SiteTrust } from "../trust/site-trust.ts";
import { createTrustedDial } from "../trust/trusted-dial.ts";

export interface AgentOptions {
  readonly state: AgentState;
  readonly version: string;
  readonly log: (line: string) => void;
  onState(state: JumpClientState): void;
  /** The site has removed this computer; the agent has said goodbye and stopped. */
  onUninstall(reason: string): void;
}

/** Timers of the agent run on this beat: retries are at most this much late. */
const TICK_MS = 250;

/** Starts the agent; disposing it ends every support session and closes every connection. */
export async function startAgent(options: AgentOptions): Promise<Disposable> {
  const { state, log } = options;
  const system = openSystem(process.platform, options.version);
  await system.refresh();
  const trust = await SiteTrust.create({
    site: state.site,
    siteId: state.siteId,
    siteKey: state.siteKey,
    clock: systemClock,
    signedBundle: state.signedBundle,
    keepBundle: (signed) => state.keepBundle(signed),
  });
  const dial: Dial = createTrustedDial(trust);
  const running = new DisposableStack();
  const consents = running.use(new CustomerConsent());
  const control = new ControlWatch(systemClock);
  const notices = running.use(new CustomerNotice({ isControlled: () => control.isControlled }));
  const { tools, capabilities } = sessionTools(system, { isAsked: () => consents.isAsking, control });
  const sessions = running.use(
    new LiveSessions({
      stateDirectory: state.directory,
      tools,
      dial,
      log,
      monotonicMs: () => systemClock.monotonicMs(),
    }),
  );
  for (const id of await sessionsWithUploads(state.directory)) sessions.takeUp(id);
  const client = running.use(
    new JumpClient({
      identity: state.identity(),
      capabilities,
      system,
      trust,
      sessions,
      ...{ consents, notices },
      dial,
      ticker: new Ticker(TICK_MS),
      random: Math.random,
      onEnrolled: (jumpClient, name) => state.keepEnrolment(jumpClient, name),
      onState: options.onState,
      onUninstall: (reason, done) => {
        done();
        running.dispose();
        options.onUninstall(reason);
      },
    }),
  );
  running.use(watchSystem(system, client));
  return running;
}
