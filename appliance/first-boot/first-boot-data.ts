import { Type, type Static } from "@sinclair/typebox";
import {
  HostName,
  HostOrAddress,
  InterfaceSettings,
  IpAddress,
  type NetworkSettings,
  type TimeSettings,
} from "../../protocol/appliance/network-settings.ts";

/**
 * What an appliance may be told before its first start, by whatever way. Each field may be missing. An interface without a
 * name is the machine's first.
 */
export const FirstBootData = Type.Partial(
  Type.Object({
    hostname: HostName,
    interfaces: Type.Array(
      Type.Composite([
        Type.Omit(InterfaceSettings, ["name"]),
        Type.Object({ name: Type.Union([InterfaceSettings.properties.name, Type.Null()]) }),
      ]),
      { maxItems: 16 },
    ),
    dnsServers: Type.Array(IpAddress, { maxItems: 4 }),
    searchDomains: Type.Array(HostName, { maxItems: 6 }),
    ntpServers: Type.Array(HostOrAddress, { maxItems: 8 }),
    timeZone: Type.String({ minLength: 1, maxLength: 64, pattern: "^[A-Za-z0-9_+/-]+$" }),
  }),
);
export type FirstBootData = Static<typeof FirstBootData>;

/** What a field of first-boot data names of an interface. */
export type FirstBootInterface = NonNullable<FirstBootData["interfaces"]>[number];

/** The network's settings with what the data say; what they leave out stays. */
export function withNetwork(settings: NetworkSettings, data: FirstBootData): NetworkSettings {
  const named = (data.interfaces ?? []).flatMap((one, index) => {
    const name = one.name ?? settings.interfaces[index]?.name;
    return name === undefined ? [] : [{ ...one, name }];
  });
  const others = settings.interfaces.filter(({ name }) => !named.some((one) => one.name === name));
  return {
    ...settings,
    hostname: data.hostname ?? settings.hostname,
    interfaces: [...named, ...others],
    dnsServers: data.dnsServers ?? settings.dnsServers,
    searchDomains: data.searchDomains ?? settings.searchDomains,
  };
}

/** The clock's settings with what the data say. */
export function withTime(settings: TimeSettings, data: FirstBootData): TimeSettings {
  return { ntpServers: data.ntpServers ?? settings.ntpServers, timeZone: data.timeZone ?? settings.timeZone };
}
