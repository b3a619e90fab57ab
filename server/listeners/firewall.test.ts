import { expect, test } from "bun:test";
import type { ListenersState } from "../../protocol/api/appliance/access.ts";
import { applianceAdministrator } from "../test/appliance-administrator.ts";
import { openSystemHelperPeer } from "../test/peers/system-helper-peer.ts";
import { startTestServer } from "../test/test-server.ts";

test("NA40 the firewall lets in what is served, from where it is served, and follows when places change", async () => {
  await using helper = await openSystemHelperPeer();
  await using site = await startTestServer({ helperSocket: helper.socket });
  const olga = await applianceAdministrator(site);
  /** What nft was given, once it says this; after five seconds whatever it says. */
  const rulesWith = async (text: string): Promise<string> => {
    for (const end = Date.now() + 5000; !helper.machine.nftInput().includes(text) && Date.now() < end;)
      await Bun.sleep(20);
    return helper.machine.nftInput();
  };
  const open = await rulesWith(String(site.port));
  expect(open).toMatch(new RegExp(`tcp dport \\S*\\s*${site.port}\\b.*accept`, "u"));
  expect(open).toMatch(/tcp dport \S*\s*80\b.*accept/u);
  expect(open).not.toContain("10.40.0.0/16");
  const path = "/api/appliance/listeners";
  const { listeners } = await olga.json<ListenersState>("GET", path);
  const networks = ["127.0.0.0/8", "10.40.0.0/16"];
  const everywhere = Object.fromEntries(Object.entries(listeners).map(([use, place]) => [use, { ...place, networks }]));
  await olga.json("PUT", path, everywhere);
  expect(await rulesWith("10.40.0.0/16")).toMatch(
    new RegExp(`10\\.40\\.0\\.0/16.*dport.*\\b${site.port}\\b.*accept`, "u"),
  );
});
