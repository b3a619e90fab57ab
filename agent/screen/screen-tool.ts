/** Screen sharing as a tool of a support session. */
import { AppError } from "../../protocol/errors.ts";
import type { CreateTool, SessionTool } from "../session-tool.ts";
import { findDisplays } from "../system/displays.ts";
import { type FindDisplays, ScreenSharing } from "./screen-sharing.ts";

/** The tool on the displays that `find` names; each support session has a thread of its own. */
export function createScreenToolOn(find: FindDisplays): SessionTool & { readonly isCapturing: boolean } {
  const sharing = new ScreenSharing(find);
  return {
    get isCapturing() {
      return sharing.isCapturing;
    },
    handlers: {
      "screen.open": async ({ params, channel }) => {
        if (channel === null) throw new AppError("message.invalid", "screen.open came without a channel.");
        await sharing.open(channel, params.monitor);
        return {};
      },
      "screen.select": ({ params }) => {
        sharing.select(params.screenChannel, params.monitor);
        return {};
      },
      "screen.refresh": ({ params }) => {
        sharing.refresh(params.screenChannel);
        return {};
      },
    },
    [Symbol.dispose]: () => sharing[Symbol.dispose](),
  };
}

export const createScreenTool: CreateTool = () => createScreenToolOn(findDisplays);
