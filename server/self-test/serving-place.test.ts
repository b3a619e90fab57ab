import { expect, test } from "bun:test";
import { localAddress } from "./serving-place.ts";

test("a server that listens everywhere is reached over IPv4: to [::1] a Jump Client would refuse the certificate", () => {
  expect(localAddress({ hostname: "::", port: 443 })).toBe("https://127.0.0.1:443");
  expect(localAddress({ hostname: "0.0.0.0", port: 8443 })).toBe("https://127.0.0.1:8443");
  expect(localAddress({ hostname: "10.40.0.12", port: 443 })).toBe("https://10.40.0.12:443");
  expect(localAddress({ hostname: "fd00::1", port: 443 })).toBe("https://[fd00::1]:443");
});
