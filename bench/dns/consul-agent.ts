import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { gte } from "semver";
import { renderAgentConfiguration } from "../../constructs/consul/render-agent-configuration";
import type { ConsulBinary } from "../../lab/programs";
import type { Target } from "./dnsperf";
import type { Processes } from "./processes";

/** Starts one server with our rendered configuration, its TTLs included, and registers the names with it. */
export async function startConsul(
  processes: Processes,
  { version, path }: ConsulBinary,
  options: { readonly folder: string; readonly dns: Target; readonly services: readonly string[] },
): Promise<void> {
  const { folder, dns, services } = options;
  const { address } = dns;
  const http = dns.port + 1;
  const configuration = renderAgentConfiguration(
    {
      server: true,
      bootstrapExpect: 1,
      nodeName: "bench",
      dataDir: join(folder, "consul-data"),
      bindAddr: address,
      advertiseAddr: address,
      clientAddr: [address],
      ports: {
        dns: dns.port,
        http,
        server: dns.port + 2,
        serfLan: dns.port + 3,
        serfWan: -1,
        grpc: -1,
        ...(gte(version, "1.14.0") ? { grpcTls: -1 } : {}),
      },
    },
    { version, location: "bench" },
  );
  const file = join(folder, "consul.json");
  writeFileSync(file, configuration);
  processes.start(`consul ${version}`, path, ["agent", `-config-file=${file}`], join(folder, "consul.log"));
  const api = `http://${address}:${http}/v1`;
  await processes.until("Consul has a leader", async () => {
    try {
      return ((await (await fetch(`${api}/status/leader`)).json()) as string) !== "";
    } catch {
      return false;
    }
  });
  for (const [i, name] of services.entries()) {
    const service = { Name: name, Port: 20_000 + i, Address: `192.0.2.${(i % 250) + 1}` };
    const said = await fetch(`${api}/agent/service/register`, {
      method: "PUT",
      body: JSON.stringify(service),
    });
    if (!said.ok) throw new Error(`Consul does not register ${name}: ${said.status} ${await said.text()}`);
  }
}
