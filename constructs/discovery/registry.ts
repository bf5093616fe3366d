/** The kinds of registry that registrator knows, by the scheme of its URI. */
export type RegistryKind =
  "consul" | "consul-tls" | "consul-unix" | "consulkv" | "consulkv-unix" | "etcd" | "skydns2" | "zookeeper";

/** Something that services can be registered in: Consul's catalogue, a key-value store. */
export interface IRegistry {
  /** What speaks there. */
  readonly kind: RegistryKind;
  /** Where: `address:port`, or the path of a socket. Exactly one. */
  readonly endpoint: string;
  /**
   * The version of what speaks there, `major.minor.patch`, where a feature depends on it.
   * @default - unknown: nothing is checked against it
   */
  readonly version?: string;
  /**
   * Whether its agent runs script checks.
   * @default false
   */
  readonly allowsScriptChecks?: boolean;
  /**
   * The DNS domain in which the services are found, if it answers DNS.
   * @default - it answers none
   */
  readonly domain?: string;
  /**
   * The datacenter that the services belong to.
   * @default - unknown
   */
  readonly datacenter?: string;
}
