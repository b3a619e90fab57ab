import { expect, test } from "bun:test";
import { FrameKind } from "../../protocol/frame.ts";
import { representativeSettings } from "../policy/preset-settings.ts";
import { denied, given, GROUP_POLICIES, makePolicy, member, USERS } from "../test/account-scenes.ts";
import { addAccount, PASSWORD } from "../test/test-server.ts";
import { openChannel } from "../test/scripted-tools.ts";
import { startSession, startTestSite } from "../test/test-site.ts";

/** What "at once" means at most, in ms (NA38). */
const AT_ONCE_MS = 2000;

test("NA38 a group policy that takes the console away closes it and its channels, though the account's own settings give it", async () => {
  await using site = await startTestSite();
  const rosa = await addAccount(site.server.core, "rosa", representativeSettings);
  const { admin } = site;
  const policy = await makePolicy(admin, "Desk", { settings: given("console.use"), members: [member(rosa)] });
  const browser = site.server.browser();
  await browser.signIn("console", "rosa", PASSWORD);
  const { agent, socket } = await site.jumpClient();
  const { console, session, lanes } = await startSession(browser, agent, socket);
  using _console = console;
  const shell = await openChannel(console, lanes, "shell.open", session);
  expect(await admin.json("GET", `${GROUP_POLICIES}/${policy.id}`)).toMatchObject({ members: 1, membersInSession: 1 });

  const began = performance.now();
  const settings = denied("console.use", true);
  await admin.json("PATCH", `${GROUP_POLICIES}/${policy.id}`, { version: policy.version, settings });
  expect((await lanes.interactive.nextFrame(shell, FrameKind.close)).reason).toBe("channel.revoked");
  await console.socket.closed;
  expect(performance.now() - began).toBeLessThan(AT_ONCE_MS);
  expect(await browser.refusal("GET", "/api/console/preferences")).not.toMatchObject({ status: 200 });
});

test("NA38 a user's own attended or unattended rules that deny the shell close it while it is open", async () => {
  await using site = await startTestSite();
  const rosa = await addAccount(site.server.core, "rosa", representativeSettings);
  const browser = site.server.browser();
  await browser.signIn("console", "rosa", PASSWORD);
  const { agent, socket } = await site.jumpClient();
  const { console, session, lanes } = await startSession(browser, agent, socket);
  using _console = console;
  const shell = await openChannel(console, lanes, "shell.open", session);
  const grants = { "shell.use": { value: "deny", isAsked: false } };
  const choice = { kind: "custom", rules: { grants, prompting: null } };
  const settings = { ...representativeSettings, attendedSessionPolicy: choice, unattendedSessionPolicy: choice };
  const began = performance.now();
  await site.admin.json("PATCH", `${USERS}/${rosa}`, { version: 1, settings });
  expect((await console.socket.nextFrame(shell, FrameKind.close)).reason).toBe("channel.revoked");
  expect(performance.now() - began).toBeLessThan(AT_ONCE_MS);
  await console.sees(
    session,
    ({ permissions }) => !permissions.includes("shell.use") && permissions.includes("screen.view"),
  );
});
