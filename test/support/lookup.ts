import { Resolver } from "node:dns/promises";

/**
 * Asks a server once for the IPv4 addresses of a name, and waits 5 s, as glibc does before it asks again (resolv.conf(5)); a
 * second try would hide a lost first one. With a resolver of its own each time, as each program has one: c-ares waits less
 * and less for a server that answers fast.
 * @param server its address, or `address:port`
 * @throws Error with the code of node:dns, such as ENOTFOUND
 */
export function lookUp(server: string, name: string): Promise<string[]> {
  const resolver = new Resolver({ timeout: 5_000, tries: 1 });
  resolver.setServers([server]);
  return resolver.resolve4(name);
}
