import { expect, test } from "bun:test";
import { AppError } from "../../protocol/errors.ts";
import { fileError, knownErrorNumbers } from "./error-words.ts";

const systemError = (code: string): Error => Object.assign(new Error("system"), { code });

test("BETTER-10 BETTER-12 every error number names the file, says why and what to do", () => {
  for (const number of [
    ..."EACCES EPERM ENOENT EEXIST ENOSPC EDQUOT EROFS ENAMETOOLONG EISDIR ENOTDIR ENOTEMPTY EBUSY ETXTBSY ELOOP EIO".split(
      " ",
    ),
    ...knownErrorNumbers,
  ]) {
    expect(knownErrorNumbers).toContain(number);
    const { message, code } = fileError(systemError(number), "/srv/report.pdf");
    expect(message).toStartWith("/srv/report.pdf ");
    expect(message).toEndWith(".");
    expect(message.slice("/srv/report.pdf ".length)).toMatch(/\. [A-Z]|, so /);
    expect(message).not.toMatch(/please|oops|successfully|!/i);
    expect(code).not.toBe("internal");
  }
});

test("the codes tell a read-only disk, a full one and a missing right apart", () => {
  const code = (number: string): string => fileError(systemError(number), "/x").code;
  expect(["EROFS", "ENOSPC", "EDQUOT", "EACCES", "EPERM"].map(code)).toEqual([
    "file.read_only",
    "file.no_space",
    "file.no_space",
    "file.denied",
    "file.denied",
  ]);
});

test("an unknown error number still names file and number; our own errors pass as they are", () => {
  expect(fileError(systemError("EWEIRD"), "/x").message).toContain("EWEIRD");
  const own = new AppError("file.changed", "It changed.");
  expect(fileError(own, "/x")).toBe(own);
  expect(fileError(new TypeError("bug"), "/x").code).toBe("internal");
});
