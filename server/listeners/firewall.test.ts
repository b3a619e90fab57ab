import { test } from "bun:test";
import type { ListenersState } from "../../protocol/api/appliance/access.ts";
import { applianceAdministrator } from "../test/appliance-administrator.ts";
import { openSystemHelperPeer } from "../test/peers/system-helper-peer.ts";
import { startTestServer } from "../test/test-server.ts";

test("NA40 the firewall lets in what is served, from where it is served, and follows when places change", async () => {
  await using helper = await openSystemHelperPeer();
  await using site = await startTestServer({ helperSocket: helper.socket });
  const olga = await applianceAdministrator(site);
  const untilSaid = async (text: string): Promise<void> => {
    for (const end = Date.now() + 5000; !helper.machine.nftInput().includes(text); await Bun.sleep(20))
      if (Date.now() > end) throw new Error(`the firewall was not told ${text}: ${helper.machine.nftInput()}`);
  };
  await untilSaid(String(site.port));
  const path = "/api/appliance/listeners";
  const { listeners } = await olga.json<ListenersState>("GET", path);
  const networks = ["127.0.0.0/8", "10.40.0.0/16"];
  const everywhere = Object.fromEntries(Object.entries(listeners).map(([use, place]) => [use, { ...place, networks }]));
  await olga.json("PUT", path, everywhere);
  await untilSaid("10.40.0.0/16");
});
