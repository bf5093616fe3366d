/** A fleet as plain data: what both ways of writing it are given. */

/** A service's container. */
export interface FleetContainer {
  readonly name: string;
  readonly service: string;
  readonly repository: string;
  readonly imageTag: string;
  readonly hostPort: number;
  readonly memoryMebibytes: number;
  readonly environment: Readonly<Record<string, string>>;
  readonly team: string;
  readonly tags: readonly string[];
}

/** A host, its network and its containers. */
export interface FleetHost {
  readonly name: string;
  readonly address: string;
  readonly networkName: string;
  readonly subnet: string;
  readonly gateway: string;
  readonly ipRange: string;
  readonly containers: readonly FleetContainer[];
}

/** A stack's hosts. */
export interface FleetStack {
  readonly name: string;
  readonly hosts: readonly FleetHost[];
}

const CONTAINERS_A_HOST = 20;
const HOSTS_A_STACK = 25;
const IMAGES = ["cart", "catalog", "checkout", "mail", "search"];

/** The port that every container of the fleet listens on. */
export const CONTAINER_PORT = 8080;

/** Lays out so many containers: 20 a host, 25 hosts a stack. None at all is one host without containers. */
export function fleetOf(containers: number): FleetStack[] {
  const hosts = Array.from({ length: Math.max(1, Math.ceil(containers / CONTAINERS_A_HOST)) }, (_, i) =>
    hostOf(i, Math.min(CONTAINERS_A_HOST, containers - i * CONTAINERS_A_HOST)),
  );
  return Array.from({ length: Math.ceil(hosts.length / HOSTS_A_STACK) }, (_, i) => ({
    name: `group-${i}`,
    hosts: hosts.slice(i * HOSTS_A_STACK, (i + 1) * HOSTS_A_STACK),
  }));
}

function hostOf(index: number, containers: number): FleetHost {
  const block = `10.${64 + (index >> 8)}.${index & 255}`;
  return {
    name: `docker-${index}`,
    address: `192.0.${index >> 7}.${(index & 127) + 1}`,
    networkName: "shop",
    subnet: `${block}.0/24`,
    gateway: `${block}.1`,
    ipRange: `${block}.128/25`,
    containers: Array.from({ length: containers }, (_, i) => containerOf(index, i)),
  };
}

function containerOf(host: number, index: number): FleetContainer {
  const service = IMAGES[index % IMAGES.length] ?? "shop";
  return {
    name: `${service}-${index}`,
    service,
    repository: `registry.example.com/shop/${service}`,
    imageTag: "2.4.1",
    hostPort: 20_000 + index,
    memoryMebibytes: 256,
    environment: {
      DATABASE_URL: "postgres://db.service.consul:5432/shop",
      HTTP_PORT: String(CONTAINER_PORT),
      JAVA_OPTS: "-XX:MaxRAMPercentage=75 -Dfile.encoding=UTF-8",
      LOG_LEVEL: "info",
      QUEUE_HOST: "queue.service.consul",
      ZONE: `zone-${host % 3}`,
    },
    team: `team-${index % 4}`,
    tags: ["http", `zone-${host % 3}`],
  };
}
