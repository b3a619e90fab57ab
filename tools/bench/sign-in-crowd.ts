/**
 * `bun tools/bench/sign-in-crowd.ts ADDRESS TOTAL`: so many people sign in at once, each from a connection of its own,
 * and all with names nobody has, whose passwords are checked all the same. Prints how many answers had which status.
 */
const [address, total] = [process.argv[2] ?? "", Number(process.argv[3])];

async function signIn(index: number): Promise<string> {
  const response = await fetch(`${address}/api/login/sign-in`, {
    method: "POST",
    headers: { origin: address, "content-type": "application/json", "sec-fetch-site": "same-origin" },
    body: JSON.stringify({ username: `name-${index}`, password: "correct horse battery staple" }),
    tls: { rejectUnauthorized: false },
    keepalive: false,
  });
  const { code } = (await response.json()) as { code: string };
  return code;
}

const counts: Record<string, number> = {};
for (const code of await Promise.all(Array.from({ length: total }, (_, index) => signIn(index))))
  counts[code] = (counts[code] ?? 0) + 1;
console.log(JSON.stringify(counts));
