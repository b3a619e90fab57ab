import { expect, test } from "bun:test";
import { readListenAddress, readOptions, UsageError } from "./arguments.ts";

const table = {
  data: { kind: "text", isRequired: true },
  name: { kind: "text" },
  loud: { kind: "flag" },
} as const;

test("options are read in any order, with a space or an equals sign", () => {
  expect(readOptions(table, ["--loud", "--data", "d", "--name=n=1"])).toEqual({ data: "d", name: "n=1", loud: true });
  expect(readOptions(table, ["--data=d"])).toEqual({ data: "d", name: null, loud: false });
});

test("what is unknown, twice, missing, empty or no option is refused by name", () => {
  const cases: [string[], string][] = [
    [["--data", "d", "--colour"], "--colour"],
    [["--data", "d", "--data", "e"], "twice"],
    [[], "--data is missing"],
    [["--data"], "needs a value"],
    [["--data", ""], "needs a value"],
    [["--data", "d", "--loud=yes"], "takes no value"],
    [["--data", "d", "extra"], "extra"],
    [["--data", "d", "--__proto__"], "--__proto__"],
    [["--data", "d", "--"], "no option --"],
  ];
  for (const [words, message] of cases) {
    expect(() => readOptions(table, words)).toThrow(UsageError);
    expect(() => readOptions(table, words)).toThrow(message);
  }
});

test("listen addresses", () => {
  expect(readListenAddress("127.0.0.1:8443")).toEqual({ hostname: "127.0.0.1", port: 8443 });
  expect(readListenAddress("[::]:0")).toEqual({ hostname: "::", port: 0 });
  expect(readListenAddress(":443")).toEqual({ hostname: "0.0.0.0", port: 443 });
  for (const wrong of ["8443", "localhost", "a:b", "127.0.0.1:65536", "::1:443", "[x]:1", ""])
    expect(() => readListenAddress(wrong)).toThrow(UsageError);
});
