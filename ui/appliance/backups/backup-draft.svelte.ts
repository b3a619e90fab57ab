/** The settings of backups while somebody edits them: every field as it is typed. */
import type { Static } from "@sinclair/typebox";
import type { BackupSettings, BackupTarget, ChangeBackupSettings } from "../../../protocol/api/appliance/backups.ts";

/** The shortest passphrase, in characters. */
export const MIN_PASSPHRASE = 12;
const SFTP_PORT = "22";

export class BackupDraft {
  isEnabled = $state(false);
  at = $state("02:00");
  kind: BackupTarget["kind"] = $state("disk");
  host = $state("");
  port = $state(SFTP_PORT);
  username = $state("");
  folder = $state("");
  hostKey = $state("");
  endpoint = $state("");
  region = $state("");
  bucket = $state("");
  prefix = $state("");
  accessKeyId = $state("");
  /** "": as it was. */
  secret = $state("");
  passphrase = $state("");
  again = $state("");
  keepDays = $state("30");
  testsEvery = $state("7");
  readonly #before: BackupSettings;
  readonly #first: string;

  constructor(settings: BackupSettings) {
    this.#before = settings;
    this.isEnabled = settings.isEnabled;
    this.at = settings.at;
    this.keepDays = String(settings.keepDays);
    this.testsEvery = String(settings.testsEvery);
    this.#takeTarget(settings.target);
    this.#first = JSON.stringify(this.body);
  }

  get target(): BackupTarget {
    if (this.kind === "disk") return { kind: "disk" };
    if (this.kind === "sftp") {
      const { host, username, folder, hostKey } = this;
      return { kind: "sftp", host: host.trim(), port: Number(this.port), username, folder, hostKey };
    }
    const { endpoint, region, bucket, prefix, accessKeyId } = this;
    return { kind: "s3", endpoint: endpoint.trim(), region, bucket, prefix, accessKeyId };
  }

  /** As the server takes it. */
  get body(): Static<typeof ChangeBackupSettings> {
    return {
      isEnabled: this.isEnabled,
      at: this.at,
      target: this.target,
      keepDays: Number(this.keepDays),
      testsEvery: Number(this.testsEvery),
      ...(this.secret === "" ? {} : { secret: this.secret }),
      ...(this.passphrase === "" ? {} : { passphrase: this.passphrase }),
    };
  }

  get isChanged(): boolean {
    return JSON.stringify(this.body) !== this.#first;
  }

  /** A secret that was kept counts for the same target alone. */
  get isSameTarget(): boolean {
    return JSON.stringify(this.target) === JSON.stringify(this.#before.target);
  }

  get isTargetComplete(): boolean {
    const { target } = this;
    if (target.kind === "disk") return true;
    const hasSecret = this.secret !== "" || (this.isSameTarget && this.#before.hasSecret);
    if (target.kind === "sftp") return hasSecret && target.host !== "" && target.port > 0 && target.username !== "";
    return hasSecret && target.endpoint.startsWith("https://") && target.bucket !== "" && target.accessKeyId !== "";
  }

  get isComplete(): boolean {
    const isKept = Number(this.keepDays) >= 1 && Number(this.keepDays) <= 3650;
    const isPassphrase = this.passphrase === "" ? this.#before.hasPassphrase || !this.isEnabled : this.#isTyped;
    return isKept && isPassphrase && this.isTargetComplete && this.at !== "";
  }

  get #isTyped(): boolean {
    return this.passphrase.length >= MIN_PASSPHRASE && this.passphrase === this.again;
  }

  #takeTarget(target: BackupTarget): void {
    this.kind = target.kind;
    if (target.kind === "sftp") Object.assign(this, target, { port: String(target.port) });
    else if (target.kind === "s3") Object.assign(this, target);
  }
}
