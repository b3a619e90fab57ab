import type { InterfaceSettings, NetworkSettings, RouteSettings } from "../../protocol/appliance/network-settings.ts";
import { AppError } from "../../protocol/errors.ts";
import { contains, type IpNetwork, isHostAddress, isUnicast, readAddress, readNetwork } from "./ip-address.ts";

/** The kernel's limit for a host name that it keeps itself. */
const MAX_KERNEL_HOST_NAME = 64;

/**
 * Checks what settings mean, after their shape was checked: addresses are addresses, gateways can be reached, nothing stands
 * there twice, every interface exists.
 * @param interfaces the names the machine has
 * @throws {AppError} network.invalid that names the field
 */
export function checkNetworkSettings(settings: NetworkSettings, interfaces: readonly string[]): void {
  if (settings.hostname.length > MAX_KERNEL_HOST_NAME)
    throw invalid(`The host name has more than ${MAX_KERNEL_HOST_NAME} characters.`);
  const names = settings.interfaces.map(({ name }) => name);
  if (new Set(names).size < names.length) throw invalid("An interface stands there twice.");
  for (const one of settings.interfaces) checkInterface(one, interfaces);
  checkDoubleAddresses(settings.interfaces);
  for (const route of settings.routes) checkRoute(route, settings.interfaces);
  for (const server of settings.dnsServers) requireUnicast(server, "The DNS server");
}

function checkInterface(one: InterfaceSettings, interfaces: readonly string[]): void {
  if (!interfaces.includes(one.name)) throw invalid(`There is no network interface ${one.name}.`);
  if (one.addressing !== "static") {
    if (one.addresses.length > 0 || one.gateways.length > 0) {
      throw invalid(`${one.name} has addresses of its own, but its addressing is not static.`);
    }
    return;
  }
  if (one.addresses.length === 0) throw invalid(`${one.name} needs an address with its prefix, such as 10.40.0.12/24.`);
  const networks = one.addresses.map((address) => requireHostAddress(address, one.name));
  const gateways = one.gateways.map((gateway) => requireGateway(gateway, networks, one.name));
  if (new Set(gateways).size < gateways.length) throw invalid(`${one.name} has two gateways of one family.`);
}

function requireHostAddress(text: string, name: string): IpNetwork {
  const network = readNetwork(text);
  if (network !== null && network.prefix > 0 && isHostAddress(network)) return network;
  throw invalid(`${text} on ${name} is no address of a machine with its prefix, such as 10.40.0.12/24.`);
}

function requireGateway(text: string, networks: readonly IpNetwork[], name: string): 4 | 6 {
  const gateway = requireUnicast(text, "The gateway");
  const isLinkLocal = gateway.family === 6 && gateway.address >> 118n === 0x3fan;
  const isNear =
    isLinkLocal || networks.some((network) => contains(network, gateway) && network.address !== gateway.address);
  if (!isNear) throw invalid(`The gateway ${text} is in none of the networks of ${name}, or is its own address.`);
  return gateway.family;
}

function requireUnicast(text: string, what: string): NonNullable<ReturnType<typeof readAddress>> {
  const address = readAddress(text);
  if (address !== null && isUnicast(address)) return address;
  throw invalid(`${what} ${text} is no address of a machine.`);
}

function checkDoubleAddresses(interfaces: readonly InterfaceSettings[]): void {
  const addresses = interfaces
    .flatMap((one) => one.addresses)
    .map((address) => address.split("/", 1)[0]!.toLowerCase());
  if (new Set(addresses).size < addresses.length) throw invalid("An address stands there twice.");
}

function checkRoute(route: RouteSettings, interfaces: readonly InterfaceSettings[]): void {
  const destination = readNetwork(route.destination);
  if (destination === null)
    throw invalid(`The route's destination ${route.destination} is no network, such as 10.50.0.0/16.`);
  const gateway = requireUnicast(route.gateway, "The route's gateway");
  if (gateway.family !== destination.family)
    throw invalid(`The route to ${route.destination} has a gateway of the other family.`);
  const carrier = interfaces.find(({ name }) => name === route.interface);
  if (carrier === undefined || carrier.addressing === "off") {
    throw invalid(`The route to ${route.destination} goes through ${route.interface}, which is not in use.`);
  }
}

function invalid(message: string): AppError {
  return new AppError("network.invalid", message);
}
