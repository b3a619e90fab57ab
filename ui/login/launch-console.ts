/** Opens the representative console in a tab of its own, signed in as who is signed in here (LOGIN-15, LOGIN-18). */
import { Nothing } from "../../protocol/api/common.ts";
import { api } from "../connection/api.ts";
import { toasts } from "../kit/toasts.svelte.ts";

const CONSOLE_PATH = "/console";

/** Call it straight from the click: the tab is opened first, so that no pop-up blocker stops it. */
export async function launchConsole(): Promise<void> {
  const tab = window.open("", "_blank");
  try {
    await api.post("/api/login/launch-console", undefined, Nothing);
  } catch (error) {
    tab?.close();
    toasts.failed("The console did not open", error);
    return;
  }
  if (tab === null) {
    toasts.show({
      title: "The browser held the new tab back",
      text: "Allow pop-ups for this site, or open the console here.",
      action: { label: "Open the console", run: () => location.assign(CONSOLE_PATH) },
      isSticky: true,
    });
    return;
  }
  // The console must not reach back into this page.
  tab.opener = null;
  tab.location.replace(CONSOLE_PATH);
}
