/** Networks one may come from: "10.0.0.0/8", "2001:db8::/32", "192.0.2.7". Pure. */
import { BlockList, isIP } from "node:net";
import { AppError } from "../../protocol/errors.ts";

const familyOf = (address: string): "ipv4" | "ipv6" => (isIP(address) === 6 ? "ipv6" : "ipv4");

/** Networks, ready to be asked about addresses; none: every address lies in them. */
export class Networks {
  readonly #list: BlockList | null;
  /** @throws {AppError} request.invalid where a text is no address and no network */
  constructor(networks: readonly string[]) {
    this.#list = networks.length === 0 ? null : new BlockList();
    for (const network of networks) this.#add(network);
  }

  /** Whether somebody at this address may come in. */
  has(address: string): boolean {
    if (this.#list === null) return true;
    const [plain = ""] = address.split("%");
    return isIP(plain) !== 0 && this.#list.check(plain, familyOf(plain));
  }

  #add(network: string): void {
    const [address = "", prefix] = network.split("/");
    const bits = prefix === undefined ? null : Number(prefix);
    const most = familyOf(address) === "ipv4" ? 32 : 128;
    if (isIP(address) === 0 || (bits !== null && bits > most)) throw notANetwork(network);
    if (bits === null) this.#list?.addAddress(address, familyOf(address));
    else this.#list?.addSubnet(address, bits, familyOf(address));
  }
}

/** @throws {AppError} request.invalid where a text is no address and no network */
export function checkNetworks(networks: readonly string[]): Networks {
  return new Networks(networks);
}

const notANetwork = (network: string): AppError =>
  new AppError("request.invalid", `${network} is neither an address nor a network such as 10.0.0.0/8.`);
