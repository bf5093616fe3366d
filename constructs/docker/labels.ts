/**
 * The labels that these constructs put on containers. They are part of the public contract: plan review and
 * operators' tools read them.
 */
export const Labels = {
  /**
   * A hash of what the provider cannot change in a running container (health check, init, tmpfs, CPU quota,
   * platform), and of whether that is set at all which it cannot take back (command, environment, memory and the
   * like): a change of it replaces the container.
   */
  replacementHash: "cdktf-docker-discovery.replacement-hash",
  /** What a container is to the fleet: `consul-server`, `consul-agent`, `registrator`, `bind`. */
  role: "cdktf-docker-discovery.role",
  /** On a server whose health check is the gate before the next one: `health-check`. */
  gate: "cdktf-docker-discovery.gate",
  /** The name of the volume that holds data which outlive the container. */
  data: "cdktf-docker-discovery.data",
} as const;
