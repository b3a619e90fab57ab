/** What is said to everybody, as the pages of administration show it. */
import { AnnouncementBoard } from "../announcements/announcement-board.svelte.ts";

/** The pages' board: the frame shows it, Status lists what runs. */
export const announcements = new AnnouncementBoard("login");
