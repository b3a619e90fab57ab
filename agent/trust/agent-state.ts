/**
 * What the agent keeps between starts, in its state directory: who it is, its site, its key and the newest trust bundle.
 * Every file is written whole beside its final name, flushed and renamed, and only its owner can read it.
 */
import { existsSync, mkdirSync, readFileSync } from "node:fs";
import { createPrivateKey, generateKeyPairSync, sign } from "node:crypto";
import { join } from "node:path";
import { type Static, Type } from "@sinclair/typebox";
import { Value } from "@sinclair/typebox/value";
import { Bytes32, type InstallerFile } from "../../protocol/hello.ts";
import { ID_PATTERN } from "../../protocol/ids.ts";
import { AppError } from "../../protocol/errors.ts";
import { writeWhole } from "./write-whole.ts";
import type { AgentIdentity } from "../connection/standing-connection.ts";

const Nullable = <T extends ReturnType<typeof Type.String>>(schema: T) => Type.Union([schema, Type.Null()]);

/** identity.json. Read by the agent alone, and still checked: a half-restored backup must not run. */
const StoredIdentity = Type.Object({
  site: Type.String(),
  siteId: Type.String(),
  siteName: Type.String(),
  siteKey: Bytes32,
  /** Ed25519, as a JWK: x public, d private. */
  publicKey: Bytes32,
  privateKey: Bytes32,
  token: Nullable(Bytes32),
  wishedName: Type.Optional(Type.String()),
  jumpClient: Nullable(Type.String({ pattern: ID_PATTERN })),
  name: Nullable(Type.String()),
});
type StoredIdentity = Static<typeof StoredIdentity>;

const IDENTITY_FILE = "identity.json";
const BUNDLE_FILE = "trust-bundle.jws";

export class AgentState {
  #stored: StoredIdentity;

  private constructor(
    readonly directory: string,
    stored: StoredIdentity,
  ) {
    this.#stored = stored;
  }

  /** Whether an agent has been set up in this directory. */
  static existsIn(directory: string): boolean {
    return existsSync(join(directory, IDENTITY_FILE));
  }

  /**
   * Reads what was kept.
   * @throws {AppError} not_found when nothing was, request.invalid when it cannot be read.
   */
  static open(directory: string): AgentState {
    if (!AgentState.existsIn(directory))
      throw new AppError("not_found", `There is no agent in ${directory}. Start it once with --installer FILE.`);
    const stored = readJson(join(directory, IDENTITY_FILE));
    if (!Value.Check(StoredIdentity, stored))
      throw new AppError("request.invalid", `${join(directory, IDENTITY_FILE)} is damaged. Install the agent again.`);
    return new AgentState(directory, stored);
  }

  /**
   * Makes a new agent out of an installer: its own key pair, its site, the installer's token. An agent already set up for
   * the same site keeps its key and its place, so that installing twice does no harm.
   * @param wishedName what the site is to call this computer; counts only where it does not know it yet.
   * @throws {AppError} request.conflict when the directory belongs to an agent of another site.
   */
  static create(directory: string, installer: InstallerFile, wishedName: string | null = null): AgentState {
    mkdirSync(directory, { recursive: true, mode: 0o700 });
    const kept = AgentState.existsIn(directory) ? AgentState.open(directory) : null;
    if (kept !== null && kept.siteId !== installer.siteId)
      throw new AppError(
        "request.conflict",
        `${directory} holds the agent of ${kept.siteName || kept.site}, not of ${installer.siteName}. Uninstall that one first or choose another directory.`,
      );
    const { site, siteId, siteName, siteKey, token } = installer;
    const keys = kept === null ? makeKeys() : kept.#keys();
    const place = { jumpClient: kept?.jumpClient ?? null, name: kept === null ? null : kept.#stored.name };
    const wish = wishedName === null ? {} : { wishedName };
    const state = new AgentState(directory, { site, siteId, siteName, siteKey, ...keys, token, ...place, ...wish });
    if (kept === null) state.keepBundle(installer.trustBundle);
    state.#save();
    return state;
  }

  get site(): string {
    return this.#stored.site;
  }
  get siteId(): string {
    return this.#stored.siteId;
  }
  get siteName(): string {
    return this.#stored.siteName;
  }
  get siteKey(): string {
    return this.#stored.siteKey;
  }
  /** What the site calls this computer; null until it is enrolled. */
  get name(): string | null {
    return this.#stored.name;
  }
  get jumpClient(): string | null {
    return this.#stored.jumpClient;
  }

  /** The newest verified trust bundle as signed; empty when there is none. */
  get signedBundle(): string {
    const path = join(this.directory, BUNDLE_FILE);
    return existsSync(path) ? readFileSync(path, "utf8") : "";
  }

  keepBundle(signed: string): void {
    writeWhole(join(this.directory, BUNDLE_FILE), signed);
  }

  /** The site has taken the agent in; the installer's token is of no more use and is forgotten. */
  keepEnrolment(jumpClient: string, name: string): void {
    const { wishedName: _, ...stored } = this.#stored;
    this.#stored = { ...stored, jumpClient, name, token: null };
    this.#save();
  }

  identity(): AgentIdentity {
    const { siteId, publicKey, privateKey, jumpClient, token, wishedName = null } = this.#stored;
    const key = createPrivateKey({
      key: { kty: "OKP", crv: "Ed25519", x: publicKey, d: privateKey },
      format: "jwk",
    });
    return { siteId, publicKey, jumpClient, token, wishedName, sign: (bytes) => sign(null, bytes, key) };
  }

  #keys(): { publicKey: string; privateKey: string } {
    return { publicKey: this.#stored.publicKey, privateKey: this.#stored.privateKey };
  }

  #save(): void {
    writeWhole(join(this.directory, IDENTITY_FILE), `${JSON.stringify(this.#stored, null, 2)}\n`);
  }
}

function makeKeys(): { publicKey: string; privateKey: string } {
  const { x, d } = generateKeyPairSync("ed25519").privateKey.export({ format: "jwk" });
  return { publicKey: x!, privateKey: d! };
}

function readJson(path: string): unknown {
  try {
    return JSON.parse(readFileSync(path, "utf8"));
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
