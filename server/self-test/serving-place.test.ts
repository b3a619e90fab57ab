import { expect, test } from "bun:test";
import { isOwnOrigin } from "../own-origin.ts";
import { localAddress } from "./serving-place.ts";

test("a server that listens everywhere is reached over IPv4: to [::1] a Jump Client would refuse the certificate", () => {
  expect(localAddress({ hostname: "0.0.0.0", port: 8443 })).toBe("https://127.0.0.1:8443");
  expect(localAddress({ hostname: "10.40.0.12", port: 8443 })).toBe("https://10.40.0.12:8443");
  expect(localAddress({ hostname: "fd00::1", port: 8443 })).toBe("https://[fd00::1]:8443");
});

test("at port 443 it is named as a browser names its origin, or the server takes the test for another site's page", () => {
  const address = localAddress({ hostname: "::", port: 443 });
  expect(address).toBe("https://127.0.0.1");
  const headers = new Headers({ origin: address, "sec-fetch-site": "same-origin", host: new URL(address).host });
  expect(isOwnOrigin(headers)).toBe(true);
});
