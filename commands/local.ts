import { environments } from "../environments";
import { validateEnvironment } from "../environments/validate";
import { cdktf } from "./cdktf";
import { lookup } from "./lookup";
import { preflight } from "./preflight";

const SOCKET = "/var/run/docker.sock";

/**
 * `npm run local` deploys the environment `local` and asks its BIND for the web service; `npm run local:down` takes
 * it down again.
 */
async function main(down: boolean): Promise<number> {
  const environment = environments().find(({ name }) => name === "local");
  const host = environment?.hosts["docker"];
  if (environment === undefined || host === undefined) throw new TypeError("there is no environment local");
  validateEnvironment(environment);
  const found = await preflight(SOCKET, environment.providerVersion ?? "4.5.0");
  if (found.missing.length > 0 || found.terraform === undefined) {
    process.stderr.write(
      `This machine lacks:\n${found.missing.map(({ what, how }) => `  - ${what}: ${how}\n`).join("")}`,
    );
    return 1;
  }
  // A provider in the local mirror may mean that no registry can be reached, and the lock would ask one.
  const lock = found.providerIsLocal ? ["--skip-provider-lock"] : [];
  if (down) {
    const status = cdktf(["destroy", "local*", "--auto-approve", ...lock], found.terraform);
    if (status === 0) {
      process.stdout.write(
        "\nlocal is down. Consul's data are kept in the volume consul-data; to remove them: docker volume rm consul-data\n",
      );
    }
    return status;
  }
  const status = cdktf(["deploy", "local*", "--auto-approve", ...lock], found.terraform);
  if (status !== 0) return status;
  const name = `web.service.${environment.consul.domain}`;
  const answer = await lookup(host.address, name, 30_000);
  const port = answer.endpoints[0]?.port ?? 0;
  process.stdout.write(
    `\n${name} is ${answer.addresses.join(", ")}, port ${port} (asked BIND at ${host.address}:53)\n` +
      `  look at it:      curl http://${answer.addresses[0] ?? host.address}:${port}/\n` +
      `  ask yourself:    dig @${host.address} ${name} SRV\n` +
      `  Consul:          http://${host.address}:8500/ui/\n` +
      `  take it down:    npm run local:down\n`,
  );
  return 0;
}

main(process.argv.includes("--down")).then(
  (status) => {
    process.exitCode = status;
  },
  (error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 1;
  },
);
