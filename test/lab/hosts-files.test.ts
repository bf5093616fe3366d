import { knownHostsText, publicKeyIn, sshConfigText } from "../../lab/host-ssh";
import { describeLab } from "../../lab/hosts-description";
import { hostsText, withHostsBlock } from "../../lab/hosts-text";
import { nameServersIn, resolvConfText, upstreamConfiguration, upstreamZone } from "../../lab/upstream";

const lab = describeLab({ count: 2 });
const grown = describeLab({ count: 3 }, lab);

test("ssh's configuration has the hosts by name and address, verifies their keys, and asks no agent", () => {
  expect(sshConfigText(lab, "/a lab/100%")).toBe(`Host staging-1 10.20.0.11
    HostName 10.20.0.11
Host staging-2 10.20.0.12
    HostName 10.20.0.12
Host staging-1 10.20.0.11 staging-2 10.20.0.12
    User deploy
    IdentityFile "/a lab/100%%/id_ed25519"
    IdentitiesOnly yes
    IdentityAgent none
    UserKnownHostsFile "/a lab/100%%/known_hosts"
    GlobalKnownHostsFile /dev/null
    StrictHostKeyChecking yes
    UpdateHostKeys no
    ConnectTimeout 10
    ServerAliveInterval 5
    ServerAliveCountMax 3
`);
});

test("a folder that ssh cannot be told is refused", () => {
  expect(() => sshConfigText(lab, '/a"b')).toThrow(/quotation mark/);
});

test("known hosts are those whose key is there, each by name and address", () => {
  expect(knownHostsText(lab, { "staging-2": "ssh-ed25519 AAAA" })).toBe(
    "staging-2,10.20.0.12 ssh-ed25519 AAAA\n",
  );
});

test("a public key is taken without its comment", () => {
  expect(publicKeyIn("ssh-ed25519 AAAA a comment\n")).toBe("ssh-ed25519 AAAA");
  expect(() => publicKeyIn("nothing")).toThrow(/is no public key/);
});

describe("/etc/hosts", () => {
  test("has loopback and every host", () => {
    expect(hostsText(lab)).toBe(
      "127.0.0.1\tlocalhost\n::1\tlocalhost ip6-localhost ip6-loopback\n\n" +
        "# lab: begin\n10.20.0.11\tstaging-1\n10.20.0.12\tstaging-2\n# lab: end\n",
    );
  });

  test("follows the lab, and keeps what others wrote around its block", () => {
    const edited = `# mine\n${hostsText(lab)}192.0.2.7\tprinter`;
    expect(withHostsBlock(edited, lab)).toBe(edited);
    expect(withHostsBlock(edited, grown)).toBe(`# mine\n${hostsText(grown)}192.0.2.7\tprinter`);
  });

  test("without the block is left to whoever removed it", () => {
    expect(withHostsBlock("127.0.0.1\tlocalhost\n", lab)).toBeUndefined();
  });
});

describe("the lab's name server", () => {
  test("is the resolver that hosts begin with", () => {
    expect(resolvConfText(lab)).toBe("search lab.example\nnameserver 10.20.0.2\n");
  });

  test("asks the machine's name servers, except those on its loopback", () => {
    const found = nameServersIn(
      "search x\nnameserver 127.0.0.53\nnameserver 192.0.2.53\n nameserver 192.0.2.54\nnameserver ::1\n#nameserver 1.1.1.1\n",
    );
    expect(found).toEqual(["192.0.2.53", "192.0.2.54"]);
    expect(upstreamConfiguration(found)).toContain(
      "  forwarders { 192.0.2.53; 192.0.2.54; };\n  forward only;\n",
    );
    expect(upstreamConfiguration([])).not.toContain("forward");
  });

  test("knows every host", () => {
    expect(upstreamZone(grown).split("\n").slice(3)).toEqual([
      "upstream A 10.20.0.2",
      "staging-1 A 10.20.0.11",
      "staging-2 A 10.20.0.12",
      "staging-3 A 10.20.0.13",
      "",
    ]);
  });
});
