import { Resolver } from "node:dns/promises";

/** What a resolver answers for a service. */
export interface ServiceAnswer {
  readonly addresses: readonly string[];
  readonly endpoints: readonly { readonly name: string; readonly port: number }[];
}

/**
 * Asks a resolver for a service's addresses (A) and endpoints (SRV), again and again until it answers.
 * @param server the resolver's address, or `address:port` where the port is not 53
 * @param name the service's whole name, `web.service.consul`
 * @param patience for how long it is asked, in milliseconds
 * @throws Error with the last failure once patience is at its end
 */
export async function lookup(server: string, name: string, patience: number): Promise<ServiceAnswer> {
  const resolver = new Resolver({ timeout: 2_000, tries: 1 });
  resolver.setServers([server]);
  const end = Date.now() + patience;
  for (;;) {
    try {
      const [addresses, endpoints] = await Promise.all([resolver.resolve4(name), resolver.resolveSrv(name)]);
      return {
        addresses,
        endpoints: endpoints.map((endpoint) => ({ name: endpoint.name, port: endpoint.port })),
      };
    } catch (error) {
      if (Date.now() > end) {
        const reason = error instanceof Error ? error.message : String(error);
        throw new Error(`${server} did not answer for ${name} within ${patience / 1000} s: ${reason}`, {
          cause: error,
        });
      }
      await new Promise((resolve) => setTimeout(resolve, 250));
    }
  }
}
