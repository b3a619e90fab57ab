import { expect, test } from "bun:test";
import { AppError } from "../../protocol/errors.ts";
import { requestedRange } from "./byte-range.ts";
import { contentDigest, readContentDigest } from "./content-digest.ts";
import { contentDisposition } from "./content-headers.ts";

const range = (value: string | null, ifRange: string | null = null, size = 100) => {
  const headers = new Headers();
  if (value !== null) headers.set("range", value);
  if (ifRange !== null) headers.set("if-range", ifRange);
  return requestedRange(headers, '"v1"', size);
};

test("BETTER-02 ranges from either end; anything else means the whole", () => {
  expect(range("bytes=0-0")).toEqual({ offset: 0, length: 1 });
  expect(range("bytes=10-")).toEqual({ offset: 10, length: 90 });
  expect(range("bytes=10-5000")).toEqual({ offset: 10, length: 90 });
  expect(range("bytes=-30")).toEqual({ offset: 70, length: 30 });
  expect(range("bytes=-500")).toEqual({ offset: 0, length: 100 });
  for (const value of [null, "bytes=-", "bytes=5-3", "bytes=0-1,3-4", "items=0-1", "bytes=a-b", "bytes= 1-2"])
    expect(range(value)).toBe("whole");
  for (const value of ["bytes=100-", "bytes=100-200", "bytes=-0"]) expect(range(value)).toBe("unsatisfiable");
  expect(range("bytes=0-", null, 0)).toBe("unsatisfiable");
});

test("BETTER-02 a range of another state of the file is not given", () => {
  expect(range("bytes=10-", '"v1"')).toEqual({ offset: 10, length: 90 });
  for (const other of ['"v2"', "v1", 'W/"v1"', "Sat, 21 Nov 2026 01:00:00 GMT"])
    expect(range("bytes=10-", other)).toBe("whole");
});

test("a digest goes to the header and back; anything else is refused", () => {
  const sha256 = "n4bQgYhMfWWaL-qgxVrQFaO_TxsrC4Is0V1sFbDwCgg";
  expect(contentDigest(sha256)).toBe("sha-256=:n4bQgYhMfWWaL+qgxVrQFaO/TxsrC4Is0V1sFbDwCgg=:");
  expect(readContentDigest(contentDigest(sha256))).toBe(sha256);
  expect(readContentDigest(`sha-512=:xx:, ${contentDigest(sha256)}`)).toBe(sha256);
  for (const header of [null, "", "sha-256=:short:", `sha-256=${sha256}`, `xsha-256=:${sha256}=:`])
    expect(() => readContentDigest(header)).toThrow(AppError);
});

test("NA10 a name cannot break out of its header", () => {
  for (const name of ['a"; filename="b', "a\r\nset-cookie: x", "../../x", "a\u0000b", "é%22", "\udcff", "🌊'()*"]) {
    const header = contentDisposition(name);
    expect(header).toMatch(/^attachment; filename="[\x20-\x21\x23-\x7e]*"; filename\*=UTF-8''[A-Za-z0-9%._~!-]*$/);
    expect(new Headers({ "content-disposition": header }).get("content-disposition")).toBe(header);
  }
});
