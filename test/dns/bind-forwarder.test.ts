import type { TerraformStack } from "cdktf";
import { Duration } from "../../constructs/core/duration";
import { BindForwarder, type BindForwarderProps } from "../../constructs/dns/bind-forwarder";
import { BridgeNetwork } from "../../constructs/docker/network";
import { Container } from "../../constructs/docker/container";
import { ContainerImage } from "../../constructs/docker/container-image";
import { Labels } from "../../constructs/docker/labels";
import { synthesizeStack } from "../support/apps";
import { type ContainerJson, containerOf, hostIn, labelsOf, unwrittenStack } from "../support/containers";
import { expectFault } from "../support/faults";

const consul = {
  domain: "consul",
  dnsEndpoints: [
    { address: "10.0.1.2", port: 8600 },
    { address: "10.0.0.9", port: 8600 },
  ],
};

function bind(stack: TerraformStack, props: Partial<BindForwarderProps> = {}): BindForwarder {
  const host = props.host ?? hostIn(stack);
  const network =
    props.network ??
    new BridgeNetwork(host, "lan", { host, subnet: "10.0.1.0/24", ipRange: "10.0.1.128/25" });
  return new BindForwarder(host, "bind", {
    host,
    image: ContainerImage.tag("internetsystemsconsortium/bind9", "9.18"),
    version: "9.18",
    network,
    address: "10.0.1.3",
    zones: [consul],
    ...props,
  });
}

function written(props: Partial<BindForwarderProps> = {}): ContainerJson {
  return containerOf(
    synthesizeStack((stack) => bind(stack, props)),
    "bind",
  );
}

function uploaded(container: ContainerJson): { path: string; text: string; permissions: string }[] {
  return (container["upload"] as { file: string; content_base64: string; permissions: string }[]).map(
    (file) => ({
      path: file.file,
      text: Buffer.from(file.content_base64, "base64").toString("utf8"),
      permissions: file.permissions,
    }),
  );
}

describe("BindForwarder", () => {
  it("is published on the network's gateway, over both transports, and nowhere else", () => {
    expect(written().ports).toEqual([
      { internal: 53, external: 53, ip: "10.0.1.1", protocol: "tcp" },
      { internal: 53, external: 53, ip: "10.0.1.1", protocol: "udp" },
    ]);
  });

  it("lies at its fixed address and listens there and on loopback", () => {
    const container = written();
    expect(container["networks_advanced"]).toEqual([expect.objectContaining({ ipv4_address: "10.0.1.3" })]);
    expect(uploaded(container)[0]?.text).toMatch(/listen-on port 53 \{\s*127\.0\.0\.1;\s*10\.0\.1\.3;\s*\};/);
  });

  it("runs named in the foreground as its own user, with the configuration that it shows", () => {
    const stack = unwrittenStack();
    const forwarder = bind(stack);
    const container = written();
    expect(container["entrypoint"]).toEqual(["/usr/sbin/named"]);
    expect(container.command).toEqual(["-f", "-u", "bind", "-c", "/etc/bind/named.conf"]);
    expect(uploaded(container)).toEqual([
      { path: "/etc/bind/named.conf", text: forwarder.configurationText, permissions: "0644" },
    ]);
  });

  it("may do no more than open port 53 and become its user", () => {
    const container = written();
    expect(container["capabilities"]).toEqual({
      add: ["CAP_NET_BIND_SERVICE", "CAP_SETGID", "CAP_SETUID"],
      drop: ["ALL"],
    });
    expect(container["security_opts"]).toEqual(["no-new-privileges:true"]);
    expect(labelsOf(container)).toMatchObject({ [Labels.role]: "bind" });
  });

  it("asks every server of every zone, at its own port", () => {
    const text = bind(unwrittenStack(), {
      zones: [consul, { domain: "corp.example", dnsEndpoints: [{ address: "10.9.9.9", port: 53 }] }],
    }).configurationText;
    expect(text).toMatch(
      /zone "consul" \{[^}]*forward only;[^}]*forwarders \{\s*10\.0\.1\.2 port 8600;\s*10\.0\.0\.9 port 8600;\s*\};/,
    );
    expect(text).toMatch(/zone "corp\.example" \{[^}]*forwarders \{\s*10\.9\.9\.9 port 53;\s*\};/);
    expect(text).toMatch(/validate-except \{\s*"consul";\s*"corp\.example";\s*\};/);
  });

  it("lets the network and the host ask, and whoever else is named", () => {
    expect(bind(unwrittenStack()).configurationText).toMatch(
      /allow-query \{\s*127\.0\.0\.1;\s*10\.0\.1\.0\/24;\s*\};/,
    );
    expect(bind(unwrittenStack(), { allowQuery: ["192.0.2.0/24"] }).configurationText).toMatch(
      /allow-query \{\s*127\.0\.0\.1;\s*10\.0\.1\.0\/24;\s*192\.0\.2\.0\/24;\s*\};/,
    );
  });

  it("hands further settings to named", () => {
    const { configurationText } = bind(unwrittenStack(), {
      configuration: {
        forwarders: [{ address: "192.0.2.53", port: 53 }],
        maxNcacheTtl: Duration.seconds(7),
        staleAnswers: "off",
      },
    });
    expect(configurationText).toMatch(/forwarders \{\s*192\.0\.2\.53 port 53;\s*\};/);
    expect(configurationText).toContain("max-ncache-ttl 7;");
    expect(configurationText).toContain("stale-answer-enable no;");
  });

  it("is the resolver of a container on another network", () => {
    const json = synthesizeStack((stack) => {
      const forwarder = bind(stack);
      const { host } = forwarder;
      new Container(stack, "shop", { host, image: ContainerImage.tag("shop", "1.0"), dns: forwarder });
    });
    expect(containerOf(json, "shop")["dns"]).toEqual(["10.0.1.1"]);
  });

  it("is asked at its own address where it is published on loopback", () => {
    const forwarder = bind(unwrittenStack(), { publishAddress: "127.0.0.1" });
    expect(forwarder.resolverAddress).toBe("10.0.1.3");
    expect(forwarder.publishAddress).toBe("127.0.0.1");
  });

  it("shows the container's resource as its own", () => {
    const forwarder = bind(unwrittenStack());
    expect(forwarder.node.defaultChild?.node.path).toMatch(/bind\/Container\/Resource$/);
  });

  it("changes with its zones, so that a change replaces it", () => {
    const one = uploaded(written())[0]?.text;
    const other = uploaded(
      written({ zones: [{ domain: "consul", dnsEndpoints: [{ address: "10.0.1.2", port: 8600 }] }] }),
    )[0]?.text;
    expect(one).not.toBe(other);
  });

  it("refuses every interface unless it is said in words", () => {
    expectFault(
      () => bind(unwrittenStack(), { publishAddress: "0.0.0.0" }),
      "docker/every-interface",
      "ports.hostAddress",
      "HostAddress.everyInterface()",
    );
  });

  it("refuses a label of its own with another value", () => {
    const labels = { [Labels.role]: "web" };
    expectFault(() => bind(unwrittenStack(), { labels }), "docker/label", `labels["${Labels.role}"]`, "bind");
  });

  it("refuses a network whose subnet or gateway nobody knows", () => {
    const build = (publishAddress?: string) => () => {
      const stack = unwrittenStack();
      const host = hostIn(stack);
      const network = BridgeNetwork.fromBridgeNetworkAttributes(stack, { host, networkName: "theirs" });
      return bind(stack, { host, network, ...(publishAddress === undefined ? {} : { publishAddress }) });
    };
    expectFault(build(), "dns/resolver-address", "publishAddress", "network's gateway is unknown");
    expectFault(build("10.0.0.1"), "dns/network-without-subnet", "network", "Tell the subnet");
  });

  it("refuses a second one at the same address of the host", () => {
    expectFault(
      () => {
        const stack = unwrittenStack();
        const first = bind(stack);
        return new BindForwarder(stack, "second", {
          host: first.host,
          image: ContainerImage.tag("bind9", "9.18"),
          version: "9.18",
          network: BridgeNetwork.fromBridgeNetworkAttributes(stack, {
            host: first.host,
            networkName: "lan",
            subnet: "10.0.1.0/24",
            ipRange: "10.0.1.128/25",
          }),
          address: "10.0.1.4",
          zones: [consul],
          containerName: "bind-2",
        });
      },
      "docker/duplicate-port",
      "ports.hostPort",
      "10.0.1.1:53",
    );
  });

  it.each(["10.0.1.3", "10.0.1.1"])("refuses to ask itself, at %s", (address) => {
    const itself = { address, port: 53 };
    const zones = [{ domain: "consul", dnsEndpoints: [itself] }];
    expectFault(
      () => bind(unwrittenStack(), { zones }),
      "dns/forwards-to-itself",
      "forwardZones[0].forwarders[0]",
      address,
    );
    const configuration = { forwarders: [itself] };
    expectFault(
      () => bind(unwrittenStack(), { configuration }),
      "dns/forwards-to-itself",
      "forwarders[0]",
      address,
    );
  });
});
