import { connect } from "node:tls";
import { must, type Scenario } from "../scenario.ts";
import { WebClient } from "../site/web-client.ts";

/** A battery that was flat for years. */
const YEARS_AGO = ["-rtc", "base=2004-02-03T04:05:06"];

/** Certificates and sign-ins would be refused by a clock years off. */
export const wrongClock: Scenario = {
  name: "wrong-clock",
  proves: "A machine whose clock is years behind at its first start does not believe it, and its certificate is valid.",
  limitMinutes: 30,
  async run(bench) {
    const machine = await bench.freshMachine("machine", "bios", YEARS_AGO);
    await bench.start(machine);
    const response = await new WebClient(machine.address).ask("GET", "/login");
    const said = new Date(response.headers.get("date") ?? 0);
    bench.say(`the server says it is ${said.toISOString()}`);
    must(said.getTime() > Date.now() - 2 * 86_400_000, "the server's time is not before its release was made");
    const { from, to } = await validity(machine.port);
    must(from <= new Date() && to > new Date(), `its certificate is valid today (${from.toISOString()})`);
  },
};

async function validity(port: number): Promise<{ from: Date; to: Date }> {
  return await new Promise((resolve, reject) => {
    const socket = connect({ host: "127.0.0.1", port, rejectUnauthorized: false }, () => {
      const { valid_from, valid_to } = socket.getPeerCertificate();
      socket.destroy();
      resolve({ from: new Date(valid_from), to: new Date(valid_to) });
    });
    socket.once("error", reject);
  });
}
