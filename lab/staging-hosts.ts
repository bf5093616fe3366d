import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { StagingSettingsFile } from "../environments/staging-settings";
import { HOST_USER } from "./host-recipes";
import { upstreamOf, type Release } from "./hosts-description";
import { type Lab, pathsOf, replaceFile } from "./hosts-state";

/** The engines that the releases bring. */
const ENGINES: Readonly<Record<Release, string>> = {
  bullseye: "20.10.5",
  bookworm: "20.10.24",
  trixie: "26.1.5",
};

/** Settings of the environment `staging` as the lab knows them: its hosts with their keys, its images, a folder for the state. */
export function stagingSettings(lab: Lab): StagingSettingsFile {
  const { clientKey } = pathsOf(lab.folder);
  return {
    hosts: Object.fromEntries(
      lab.hosts.map(({ name, address, release }) => {
        const key = lab.hostKeys[name];
        return [
          name,
          {
            address,
            engineVersion: ENGINES[release],
            user: HOST_USER,
            identityFile: clientKey,
            ...(key === undefined ? {} : { hostKeys: [key] }),
          },
        ];
      }),
    ),
    images: { consul: "lab/consul:1.19.2", registrator: "lab/registrator:7.4.0", bind: "lab/bind9:9.18" },
    "bitbucket-server": { image: "bitbucket-server:1.0" },
    shop: { image: "lab/web:1.0" },
    upstreams: [upstreamOf(lab.subnet)],
    stateFolder: join(lab.folder, "state"),
  };
}

/**
 * Writes them to the lab's folder, for STAGING_SETTINGS. What someone wrote there stays: of hosts that it has already the
 * key alone is taken from the lab, and hosts that it lacks are added; a host that the lab has no more stays until it is
 * taken out by hand, since Terraform needs its description to remove it.
 */
export function writeStagingSettings(lab: Lab): void {
  const { stagingSettings: path } = pathsOf(lab.folder);
  const made = stagingSettings(lab);
  const kept = existsSync(path) ? (JSON.parse(readFileSync(path, "utf8")) as StagingSettingsFile) : made;
  const hosts = { ...kept.hosts };
  for (const [name, host] of Object.entries(made.hosts ?? {})) {
    const { hostKeys } = host;
    hosts[name] = { ...(hosts[name] ?? host), ...(hostKeys === undefined ? {} : { hostKeys }) };
  }
  replaceFile(path, `${JSON.stringify({ ...kept, hosts }, undefined, 2)}\n`);
}
