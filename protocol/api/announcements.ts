/**
 * What an administrator says to everybody who is signed in. It stands over every page of /login and /console, also for
 * who signs in later, until it ends or its reader puts it away.
 */
import { type Static, Type } from "@sinclair/typebox";
import { Id, Time } from "./common.ts";

/** Running ones at once; a further one is refused until one ends. */
export const MAX_ANNOUNCEMENTS = 5;

/** Characters of one, as a string counts them. */
export const MAX_ANNOUNCEMENT_CHARACTERS = 500;

/**
 * What no announcement has in it, as inside the brackets of a regular expression: control characters but the line feed, other
 * ends of lines, and what turns the direction of all that follows.
 */
export const REFUSED_CHARACTERS = "\\u0000-\\u0009\\u000b-\\u001f\\u007f-\\u009f\\u2028-\\u202e\\u2066-\\u2069";

/** What shows nothing by itself, in the same way. Some of it may stand beside what does: scripts and emoji need joiners. */
const UNSEEN_CHARACTERS =
  "\\s\\u00ad\\u034f\\u061c\\u115f\\u1160\\u180e\\u200b-\\u200f\\u2060-\\u2064\\u206a-\\u206f\\u2800\\u3164\\ufe00-\\ufe0f\\ufeff\\uffa0";

/** One to 500 characters, of which at least one is seen; line breaks are kept. */
export const AnnouncementText = Type.String({
  minLength: 1,
  maxLength: MAX_ANNOUNCEMENT_CHARACTERS,
  pattern: `^(?=[\\s\\S]*[^${UNSEEN_CHARACTERS}])[^${REFUSED_CHARACTERS}]*$`,
});

export const Announcement = Type.Object({
  id: Id,
  /** As it was taken when it was said, perhaps by another release: what is refused today may stand there. */
  text: Type.String(),
  /** The display name of who said it. */
  by: Type.String(),
  createdAt: Time,
  endsAt: Time,
});
export type Announcement = Static<typeof Announcement>;

// GET /api/login/announcements, GET /api/console/announcements: those that run, newest first, for anybody signed in there
export const Announcements = Type.Object({ announcements: Type.Array(Announcement, { maxItems: MAX_ANNOUNCEMENTS }) });
export type Announcements = Static<typeof Announcements>;

// POST /api/login/announcements NewAnnouncement -> Announcement; DELETE …/:id: it ends now
export const NewAnnouncement = Type.Object({
  text: AnnouncementText,
  /** How long it stands, in minutes: a quarter of an hour to a week. */
  minutes: Type.Integer({ minimum: 15, maximum: 7 * 24 * 60 }),
});
export type NewAnnouncement = Static<typeof NewAnnouncement>;
