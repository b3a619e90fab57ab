/** The appliance's certificates, wired: what a serving process does with them beside showing the current one. */
import type { Core } from "../core.ts";
import { Acme, type AcmeNews, type OpenPort } from "./acme/acme.ts";
import { ApplianceCertificates } from "./appliance-certificates.ts";
import { WaitingRequest } from "./waiting-request.ts";

/** Where certificate authorities look whether a name leads here (RFC 8555, section 8.3). */
const PROOF_PORT = 80;

export interface ApplianceCertificatesOptions {
  /** Default 80. */
  readonly proofPort?: number;
  /** Opens a port of the machine's firewall; default: there is none to open. */
  readonly openPort?: OpenPort;
  /** Told of each renewal and each failure; default: they are events of the appliance. */
  readonly onNews?: (news: AcmeNews) => void;
}
/** Disposing it ends a renewal that is under way. */
export interface ApplianceCertificateParts extends AsyncDisposable {
  readonly certificates: ApplianceCertificates;
  readonly acme: Acme;
  /** To be called every second or so. */
  tick(): Promise<void>;
  /** Resolves when no renewal runs. */
  settled(): Promise<void>;
}

export function openApplianceCertificates(
  core: Core,
  { proofPort = PROOF_PORT, openPort = nothingToOpen, onNews = tellEvents(core) }: ApplianceCertificatesOptions = {},
): ApplianceCertificateParts {
  const acme = new Acme({ ...core, proofPort, openPort, onNews });
  const request = new WaitingRequest(core);
  const certificates = new ApplianceCertificates({ ...core, request, acme, providers: core.providers.providers });
  return {
    ...{ certificates, acme },
    tick: async () => {
      await certificates.tick();
      await acme.tick();
    },
    settled: () => acme.settled(),
    [Symbol.asyncDispose]: () => acme[Symbol.asyncDispose](),
  };
}

const nothingToOpen: OpenPort = () => Promise.resolve({ [Symbol.asyncDispose]: () => Promise.resolve() });

function tellEvents({ applianceEvents, log }: Core): (news: AcmeNews) => void {
  return ({ kind, detail }) => {
    const health = kind === "renewed" ? "ok" : "attention";
    applianceEvents
      .tell({ kind: `certificate.${kind}`, health, detail })
      .catch((error: unknown) => log.error("an event could not be written down", error));
  };
}
