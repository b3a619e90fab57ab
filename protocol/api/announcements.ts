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

/** One to 500 characters, not all of them blank; line breaks are kept, other control characters are refused. */
const AnnouncementText = Type.String({
  minLength: 1,
  maxLength: MAX_ANNOUNCEMENT_CHARACTERS,
  pattern: "^(?=[\\s\\S]*\\S)[^\\u0000-\\u0009\\u000b-\\u001f\\u007f\\u202a-\\u202e\\u2066-\\u2069]*$",
});

export const Announcement = Type.Object({
  id: Id,
  text: AnnouncementText,
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
