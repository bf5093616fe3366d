import { Fn, type TerraformStack } from "cdktf";
import { Duration } from "../../constructs/core/duration";
import { HostBindForwarder, type HostBindForwarderProps } from "../../constructs/dns/host-bind-forwarder";
import { renderHostNamedConf } from "../../constructs/dns/host-named-conf";
import { HostResolver, type HostResolverProps } from "../../constructs/dns/host-resolver";
import { HOST_RESOLVER_KINDS } from "../../constructs/dns/resolver-change";
import { resolverOptionWords } from "../../constructs/dns/resolver-options";
import { SshHost } from "../../constructs/host/ssh-host";
import { join } from "node:path";
import { type StackJson, synthesizeStack } from "../support/apps";
import { unwrittenStack } from "../support/containers";
import { expectFault } from "../support/faults";
import { expectGolden } from "../support/golden";
import { maximal, minimal, RELEASES } from "./named-samples";

const hostIn = (stack: TerraformStack) =>
  new SshHost(stack, "web-1", {
    hostName: "web-1",
    address: "192.0.2.11",
    hostKeys: ["ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIHUrKWfkJCnBCbzgNoZ9oTJ4nBnwTrlOpyDr9wzUjnE4"],
  });
const consul = { domain: "consul", dnsEndpoints: [{ address: "10.20.0.11", port: 8600 }] };
const bindIn = (stack: TerraformStack, props: Partial<HostBindForwarderProps> = {}) =>
  new HostBindForwarder(stack, "bind", {
    host: hostIn(stack),
    family: "debian",
    version: "9.16",
    address: "172.17.0.1",
    zones: [consul],
    ...props,
  });

interface Data {
  readonly input: { readonly files: Readonly<Record<string, string>> };
  readonly triggers_replace: Readonly<Record<string, string>>;
  readonly depends_on?: readonly string[];
  readonly provisioner: readonly {
    "local-exec": { environment: Readonly<Record<string, string>> };
  }[];
}
const dataOf = (json: StackJson, name: RegExp) => {
  const [, found] = Object.entries(json.resource?.terraform_data ?? {}).find(([key]) => name.test(key))!;
  return found as unknown as Data;
};
const scriptOf = (data: Data) => data.provisioner[0]!["local-exec"].environment["SCRIPT_1"]!;
const resolver = (props: Partial<HostResolverProps> = {}) =>
  synthesizeStack((stack) => {
    const made = new HostResolver(stack, "resolver", { host: hostIn(stack), ...props });
    expect(made.node.defaultChild).toBeDefined();
  });
const changed = (props: Partial<HostResolverProps> = {}) =>
  dataOf(resolver(props), /^resolver_Change_[0-9A-F]+$/);

describe("HostResolver", () => {
  test("brings the files of every kind where the host is to say which, and else those of one", () => {
    const files = (kind: HostResolverProps["kind"]) =>
      Object.keys(changed(kind === undefined ? {} : { kind }).input.files).map((path) =>
        path.replace(/.*\/(?=.+\/)/, ""),
      );
    expect(HOST_RESOLVER_KINDS.map((kind) => [kind, files(kind)])).toEqual([
      ["resolv.conf", ["etc/resolv.conf"]],
      ["ifcfg", ["etc/resolv.conf", "network-scripts/ifcfg-eth0"]],
      [
        "dhclient",
        ["dhclient-enter-hooks.d/90-cdktf-docker-discovery", "dhcp/dhclient.conf", "etc/resolv.conf"],
      ],
      ["NetworkManager", ["conf.d/90-cdktf-docker-discovery.conf", "etc/resolv.conf"]],
      ["systemd-resolved", ["etc/resolv.conf", "resolved.conf.d/90-cdktf-docker-discovery.conf"]],
    ]);
    expect(files(undefined)).toHaveLength(6);
  });

  test("systemd-resolved sends every name to the one name server", () => {
    const { files } = changed({ kind: "systemd-resolved", search: ["a.example", "b.example"] }).input;
    expect(files["/etc/systemd/resolved.conf.d/90-cdktf-docker-discovery.conf"]).toBe(
      "[Resolve]\nDNS=\nDNS=127.0.0.1\nFallbackDNS=\nDomains=\nDomains=~. a.example b.example\n",
    );
  });

  test("is changed again when what it says changes, and when the host is another one", () => {
    const hash = (props: Partial<HostResolverProps>) => changed(props).triggers_replace["hash"];
    const first = hash({});
    for (const other of [
      { nameserver: "10.0.0.1" },
      { kind: "resolv.conf" as const },
      { search: ["x.example"] },
      { options: { ndots: 2 } },
      { lookups: ["x.example"] },
      { bootstrapNameservers: ["9.9.9.9"] },
    ])
      expect(hash(other)).not.toBe(first);
    expect(hash({})).toBe(first);
  });

  test("bootstrap: before what needs names, with the same files and under the same key", () => {
    const json = synthesizeStack((stack) => {
      const host = hostIn(stack);
      const bind = bindIn(host as unknown as TerraformStack, { host });
      new HostResolver(stack, "resolver", { host, bootstrapNameservers: ["9.9.9.9", "149.112.112.112"] })
        .bootstrapBefore(bind)
        .applyAfter(bind);
    });
    const first = dataOf(json, /^resolver_Bootstrap_[0-9A-F]+$/);
    const then = dataOf(json, /^resolver_Change_[0-9A-F]+$/);
    const bind = dataOf(json, /bind_Change_[0-9A-F]+$/);
    expect(Object.keys(first.input.files)).toEqual(Object.keys(then.input.files));
    expect(scriptOf(first)).toContain("nameserver 9.9.9.9");
    expect(scriptOf(then)).not.toContain("9.9.9.9");
    const home = /^home=(.*)$/m;
    expect(home.exec(scriptOf(first))?.[1]).toBe(home.exec(scriptOf(then))?.[1]);
    expect(bind.depends_on?.join()).toMatch(/terraform_data\.resolver_Bootstrap_[0-9A-F]+/);
    expect(then.depends_on?.join()).toMatch(/terraform_data\.resolver_Bootstrap_[0-9A-F]+,.*bind_Change/);
  });

  test.each<[string, string, Partial<HostResolverProps>, string]>([
    ["dns/nameserver", "nameserver", { nameserver: "0.0.0.0" }, "every interface"],
    ["dns/nameserver", "nameserver", { nameserver: Fn.lookup({ a: "1.1.1.1" }, "a") as string }, "known at synth"],
    ["core/address", "nameserver", { nameserver: "localhost" }, "an IPv4 address"],
    ["dns/nameserver", "bootstrapNameservers", { bootstrapNameservers: [] }, "one to three"],
    ["dns/nameserver", "bootstrapNameservers", { bootstrapNameservers: ["127.0.0.1"] }, "other name servers than 127.0.0.1"],
    ["core/address", "bootstrapNameservers[0]", { bootstrapNameservers: ["dns.example"] }, "an IPv4 address"],
    ["dns/resolver-kind", "kind", { kind: "resolvconf" as "resolv.conf" }, "systemd-resolved"],
    ["dns/resolver-interface", "interfaceName", { interfaceName: "../x" }, "eth0"],
    ["dns/search-domain", "search", { search: [] }, "one to six"],
    ["dns/search-domain", "search[1]", { search: ["a.example", "b.example."] }, "without a dot at the end"],
    ["dns/lookup-name", "lookups[0]", { lookups: ["$(reboot)"] }, "a domain name"],
    ["dns/resolver-option", "options.ndots", { options: { ndots: 16 } }, "from 0 to 15"],
    ["dns/resolver-option", "options.timeout", { options: { timeout: Duration.milliseconds(1500) } }, "whole number of seconds"],
    ["dns/resolver-option", "options.attempts", { options: { attempts: 0 } }, "from 1 to 5"],
    ["dns/resolver-option", "options", { kind: "systemd-resolved", options: {} }, "Leave them out"],
  ])("%s: %s", (code, prop, props, part) => {
    expectFault(() => new HostResolver(unwrittenStack(), "r", { host: hostIn(unwrittenStack()), ...props }), code, prop, part);
  }); // prettier-ignore

  test("dns/no-bootstrap: nothing can wait for what was not asked for", () => {
    const stack = unwrittenStack();
    const made = new HostResolver(stack, "r", { host: hostIn(stack) });
    expectFault(
      () => made.bootstrapBefore(),
      "dns/no-bootstrap",
      "bootstrapNameservers",
      "leave the call out",
    );
  });

  test("options are the words of resolv.conf", () => {
    const timeout = Duration.seconds(1);
    const all = { ndots: 0, timeout, attempts: 5, edns0: true, singleRequest: true, trustAd: true };
    expect(resolverOptionWords("x", all).join(" ")).toBe(
      "ndots:0 timeout:1 attempts:5 edns0 single-request trust-ad",
    );
    expect(resolverOptionWords("x", { edns0: false })).toEqual([]);
  });
});

describe("HostBindForwarder", () => {
  test.each(RELEASES.flatMap((release) => (["debian", "redhat"] as const).map((family) => [release, family] as const)))(
    "the golden texts of BIND %s on %s",
    (release, family) => {
      for (const size of ["minimal", "maximal"] as const) {
        const configuration = size === "minimal" ? minimal(release) : maximal(release);
        for (const { path, text } of renderHostNamedConf(family, configuration)) {
          const name = `host-${family}-${release}-${size}-${path.replace(/^.*\//, "")}`;
          expectGolden(join(__dirname, "golden", name), text);
        }
      }
    },
  ); // prettier-ignore

  test("forwards zones to their servers, and listens for the host and its containers", () => {
    const bind = bindIn(unwrittenStack());
    expect(bind.resolverAddress).toBe("172.17.0.1");
    const [options, local] = bind.files;
    expect(options?.text).toMatch(/listen-on port 53 \{\s+127\.0\.0\.1;\s+172\.17\.0\.1;\s+\};/);
    expect(options?.text).toMatch(/allow-query \{\s+localhost;\s+localnets;\s+\};/);
    expect(options?.text).not.toContain("controls");
    expect(local?.text).toContain("10.20.0.11 port 8600;");
  });

  test("its files belong to named's group, on Debian and on Red Hat", () => {
    const script = (family: "debian" | "redhat") =>
      scriptOf(
        dataOf(
          synthesizeStack((stack) => bindIn(stack, { family })),
          /^bind_Change_[0-9A-F]+$/,
        ),
      );
    expect(script("debian")).toContain("chown root:bind");
    expect(script("debian")).toContain("/etc/bind/named.conf.options");
    expect(script("redhat")).toContain("chown root:named");
    expect(script("redhat")).toContain(`validate='named-checkconf "$NEW_1"'`);
  });

  test.each<[string, string, Partial<HostBindForwarderProps>, string]>([
    ["dns/resolver-address", "address", { address: "127.0.0.1" }, "that its containers reach"],
    ["dns/package-family", "family", { family: "suse" as "debian" }, "debian, redhat"],
    ["dns/bind-version", "version", { version: "9.11" }, "9.18"],
    ["dns/forwards-to-itself", "forwardZones[0].forwarders[0]", { zones: [{ domain: "x", dnsEndpoints: [{ address: "172.17.0.1", port: 53 }] }] }, "for ever"],
    ["dns/any-address", "allowQuery[0]", { allowQuery: ["any"] }, "AddressMatch.any()"],
  ])("%s: %s", (code, prop, props, part) => {
    expectFault(() => bindIn(unwrittenStack(), props), code, prop, part);
  }); // prettier-ignore
});
