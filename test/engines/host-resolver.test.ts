import type { TerraformStack } from "cdktf";
import { TerraformStack as Stack } from "cdktf";
import { HostBindForwarder } from "../../constructs/dns/host-bind-forwarder";
import { HostResolver, type HostResolverProps } from "../../constructs/dns/host-resolver";
import { SshHost } from "../../constructs/host/ssh-host";
import { Duration } from "../../constructs/core/duration";
import { onConsole } from "../../lab/host-console";
import { downLab, upLab } from "../../lab/hosts";
import { type Lab, pathsOf } from "../../lab/hosts-state";
import { requireEnginesRing } from "../../lab/requirements";
import { LabStates } from "./lab-states";
import { Workspace } from "./terraform";
import { thrownBy } from "../support/faults";

const SLOW = 600_000;
const name = `resolver-${process.pid.toString(36)}`;
const HOST = "res-1";
const CONSUL = { domain: "consul", dnsEndpoints: [{ address: "127.0.0.1", port: 8600 }] };
const silent = { say: () => undefined };

let states: LabStates | undefined;
let lab: Lab;
let workspace: Workspace;

const run = (script: string) => onConsole(lab, HOST, script);
/** All of /etc: names, kinds, modes, owners, where links point, contents. */
const picture = () =>
  run(
    `find /etc -printf '%p %y %m %u:%g %l\\n' | sort; find /etc -type f -exec sha256sum {} + | sort -k2; systemctl is-active named || :`,
  );
const addressOf = async (lookup: string) => (await run(`getent ahosts ${lookup} || :`)).split(/\s/)[0];

function hostOn(stack: TerraformStack): SshHost {
  return new SshHost(stack, HOST, {
    hostName: HOST,
    address: lab.hosts.find((host) => host.name === HOST)!.address,
    hostKeys: [lab.hostKeys[HOST]!],
    user: "deploy",
    identityFile: pathsOf(lab.folder).clientKey,
  });
}

/** BIND of the package, and the host's resolver behind it. */
function synthesize(resolver: Partial<HostResolverProps> | undefined): void {
  workspace.synth((app) => {
    const stack = new Stack(app, "resolver");
    workspace.backendOf(stack);
    const host = hostOn(stack);
    const bind = new HostBindForwarder(stack, "bind", {
      host,
      family: "debian",
      version: "9.16",
      address: "172.17.0.1",
      zones: [CONSUL],
      configuration: { forwarders: [{ address: "127.0.0.1", port: 8600 }] },
    });
    if (resolver === undefined) return;
    new HostResolver(stack, "resolver", {
      host,
      lookups: ["consul.service.consul"],
      timeout: Duration.seconds(20),
      ...resolver,
    }).applyAfter(bind);
  });
}
const stack = () => workspace.stack("resolver");
/** What Terraform said of an apply that failed. */
const applied = () =>
  thrownBy(() => {
    stack().apply();
  });

beforeAll(async () => {
  await requireEnginesRing();
  states = new LabStates();
  const image = "lab/consul:1.19.2";
  lab = await upLab({
    lab: name,
    subnet: "10.212.8.0/24",
    named: [{ name: HOST, release: "bullseye" }],
    images: [image],
    ...silent,
  });
  await run(
    `docker run --detach --name agent --network host --restart always --entrypoint consul ${image} agent -dev`,
  );
}, SLOW);

afterAll(async () => {
  try {
    await downLab(name, silent);
  } finally {
    states?.close();
  }
}, SLOW);

beforeEach(() => {
  workspace = new Workspace();
});
afterEach(() => {
  workspace.close();
}, SLOW);

interface Kind {
  readonly prepare: string;
  readonly cleanUp?: string;
  /** What the host shows once its resolver is BIND. */
  readonly shows: string;
  readonly expected: readonly string[];
}

const KINDS: Readonly<Record<string, Kind>> = {
  "a plain file": {
    prepare: ":",
    shows: "cat /etc/resolv.conf",
    expected: ["search lab.example", "nameserver 127.0.0.1"],
  },
  "a link to another file": {
    prepare: `mkdir -p /run/somebody; mv /etc/resolv.conf /run/somebody/; ln -s ../run/somebody/resolv.conf /etc/resolv.conf`,
    cleanUp: `rm /etc/resolv.conf; mv /run/somebody/resolv.conf /etc/resolv.conf`,
    shows: "cat /etc/resolv.conf",
    expected: ["search lab.example", "nameserver 127.0.0.1"],
  },
  "systemd-resolved, by its stub": {
    prepare: `cp /etc/resolv.conf /root/; systemctl start systemd-resolved; ln -sf ../run/systemd/resolve/stub-resolv.conf /etc/resolv.conf`,
    cleanUp: `systemctl stop systemd-resolved; rm /etc/resolv.conf; mv /root/resolv.conf /etc/`,
    shows: "resolvectl dns | head -n 1; readlink /etc/resolv.conf",
    expected: ["Global: 127.0.0.1", "../run/systemd/resolve/stub-resolv.conf"],
  },
  "systemd-resolved, by the list of its servers": {
    prepare: `cp /etc/resolv.conf /root/; systemctl start systemd-resolved; ln -sf /run/systemd/resolve/resolv.conf /etc/resolv.conf`,
    cleanUp: `systemctl stop systemd-resolved; rm /etc/resolv.conf; mv /root/resolv.conf /etc/`,
    shows: "resolvectl dns | head -n 1; cat /etc/resolv.conf",
    expected: ["Global: 127.0.0.1", "search lab.example", "nameserver 127.0.0.1"],
  },
  "a dhclient that runs, and whose lease is renewed": {
    prepare: "dhclient -nw docker0; sleep 1",
    cleanUp: "kill $(grep -lsx dhclient /proc/[0-9]*/comm | cut -d/ -f3); sleep 1",
    shows: `timeout 2 dhclient -d -pf /run/other.pid docker0 2>&1 | grep 'conf line' || :; env -i PATH="$PATH" reason=RENEW interface=docker0 new_domain_name_servers=192.0.2.53 new_domain_name=lease.example /sbin/dhclient-script; cat /etc/resolv.conf`,
    expected: ["search lab.example", "nameserver 127.0.0.1"],
  },
  NetworkManager: {
    prepare: `apt-get -qq update && DEBIAN_FRONTEND=noninteractive apt-get -qq install -y --no-install-recommends network-manager >/dev/null && systemctl start NetworkManager && sleep 3; cp /etc/resolv.conf /root/`,
    shows: "grep -v '^#' /etc/resolv.conf",
    expected: ["search lab.example", "nameserver 127.0.0.1"],
  },
};

describe.each(Object.entries(KINDS))("%s", (_what, { prepare, cleanUp, shows, expected }) => {
  beforeAll(() => run(prepare), SLOW);
  afterAll(() => (cleanUp === undefined ? "" : run(cleanUp)), SLOW);

  test(
    "is found, asks BIND and nobody else, and is as it was after destroy",
    async () => {
      const before = await picture();
      synthesize({});
      stack().apply();
      expect((await run(shows)).trim().split("\n")).toEqual(expected);
      expect(await addressOf("consul.service.consul")).toBe("127.0.0.1");
      expect(stack().plan()).toEqual([]);

      synthesize({ search: ["service.consul"] });
      stack().apply();
      expect(await addressOf("consul")).toBe("127.0.0.1");
      expect(stack().plan()).toEqual([]);

      stack().destroy();
      expect(await picture()).toBe(before);
    },
    SLOW,
  );
});

test(
  "nothing is changed where the name server does not answer, or a name does not resolve",
  async () => {
    const before = await picture();
    synthesize({ nameserver: "127.0.0.9", timeout: Duration.seconds(2) });
    expect(String(applied())).toContain("no name server answers at port 53 of 127.0.0.9");
    synthesize({ lookups: ["nobody.service.consul"], timeout: Duration.seconds(3) });
    expect(String(applied())).toContain("nobody.service.consul does not resolve here");
    stack().destroy();
    expect(await picture()).toBe(before);
  },
  SLOW,
);
