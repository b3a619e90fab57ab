/** Shapes several API resources share. Times are UTC ISO 8601. */
import { Type } from "@sinclair/typebox";
import { ID_PATTERN } from "../ids.ts";

export const Id = Type.String({ pattern: ID_PATTERN });
export const Time = Type.String({ maxLength: 40 });
export const NullableTime = Type.Union([Time, Type.Null()]);

/**
 * A name a person gives: 1 to 128 characters, not all of them blank; neither control characters nor invisible ones that
 * turn what follows around or make two names look the same.
 */
export const DisplayName = Type.String({
  minLength: 1,
  maxLength: 128,
  pattern: "^(?=.*\\S)[^\\u0000-\\u001f\\u007f\\u200b\\u202a-\\u202e\\u2060\\u2066-\\u2069\\ufeff]*$",
});
export const Username = Type.String({ minLength: 1, maxLength: 128, pattern: "^[^\\s\\u0000-\\u001f\\u007f]+$" });
export const Password = Type.String({ minLength: 1, maxLength: 1024 });
/** A code the appliance's own console shows: eight characters; case, spaces and the hyphen do not matter. */
export const PresenceCode = Type.String({ minLength: 8, maxLength: 20, pattern: "^[A-Za-z0-9 -]+$" });
export const Comments = Type.String({ maxLength: 2000 });
export const Tag = Type.String({ maxLength: 64, pattern: "^[^\\u0000-\\u001f\\u007f]*$" });

/**
 * A page's request that nobody asked for, such as one by a timer, says so by this header, with "1": it does not count as
 * use of the sign-in. It can only make a sign-in end earlier.
 */
export const BACKGROUND_HEADER = "causeway-background";

export const RefusalBody = Type.Object({ code: Type.String(), message: Type.String() });
export const Nothing = Type.Object({});

/** Words typed into a search field. */
export const SearchText = Type.String({ maxLength: 200 });
/** A name for programs: set by a person, or made from the display name. */
export const CodeName = Type.String({ maxLength: 64, pattern: "^[a-z0-9_]*$" });
/**
 * Counts a thing's changes. Who changes it sends the version they looked at; if somebody changed it since, the change
 * is refused with request.conflict that names who and when.
 */
export const Version = Type.Integer({ minimum: 1 });
/** A page of a list: how many are passed over, and how many are wanted at most. */
export const pageFields = {
  offset: Type.Optional(Type.Integer({ minimum: 0 })),
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 500 })),
};
