/** A name server's address and port. */
export interface DnsEndpoint {
  /** IPv4 or IPv6 address. */
  readonly address: string;
  /** UDP and TCP port, 1 to 65535. */
  readonly port: number;
}

/** Something that answers DNS for a domain: a Consul cluster, a single agent. */
export interface IDnsServer {
  /** The domain, without the final dot: `consul`. */
  readonly domain: string;
  /** Where it is asked, in the order of preference; at least one. */
  readonly dnsEndpoints: readonly DnsEndpoint[];
}

/** Something that resolves every name for programs and containers, at port 53. */
export interface IDnsResolver {
  /**
   * The address at which containers of a host reach it, whatever network they are attached to. The port is 53:
   * /etc/resolv.conf knows no other.
   */
  readonly resolverAddress: string;
}
