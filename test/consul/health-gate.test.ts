import {
  type HealthGate,
  renderHealthGate,
  type ServerHealthGate,
} from "../../constructs/consul/health-gate";
import { expectFault } from "../support/faults";

const gate: ServerHealthGate = {
  kind: "server",
  httpPort: 8500,
  serverPort: 8300,
  servers: [
    { nodeName: "one", address: "192.0.2.1" },
    { nodeName: "two", address: "2001:db8::2" },
    { nodeName: "three", address: "192.0.2.3" },
  ],
  position: 2,
};

test("a server's gate knows its place, and all servers", () => {
  const text = renderHealthGate(gate);
  expect(text).toMatch(/^#!\/bin\/sh\n/);
  expect(text).toContain(`
position=2
expected=3
server_port=8300
self='two'
set -- 'one 192.0.2.1' \\
  'two 2001:db8::2' \\
  'three 192.0.2.3'
`);
  expect(text).toContain("\napi='127.0.0.1:8500'\n");
});

test("a client's gate asks for a leader only", () => {
  const text = renderHealthGate({ kind: "client", httpAddress: "2001:db8::9", httpPort: 9500 });
  expect(text).toContain("\napi='[2001:db8::9]:9500'\n");
  expect(text.endsWith('\nneed_leader "no leader is known"\n')).toBe(true);
  expect(text).not.toMatch(/consul members|position=/);
});

test.each<[string, string, HealthGate, string]>([
  ["consul/health-gate-position", "position", { ...gate, position: 0 }, "1 to the number of servers (3)"],
  ["consul/health-gate-position", "position", { ...gate, position: 4 }, "counted from 1"],
  ["core/port", "serverPort", { ...gate, serverPort: 0 }, "1 to 65535"],
  ["core/port", "httpPort", { kind: "client", httpPort: -1 }, "1 to 65535"],
  ["core/address", "httpAddress", { kind: "client", httpPort: 8500, httpAddress: "$(reboot)" }, "no name"],
  [
    "core/dns-label",
    "servers[0].nodeName",
    { ...gate, servers: [{ nodeName: "a'; reboot", address: "192.0.2.1" }] },
    "RFC 1123",
  ],
  [
    "core/address",
    "servers[0].address",
    { ...gate, servers: [{ nodeName: "a", address: "consul.example.com" }] },
    "no name",
  ],
])("%s: %s", (code, prop, faulty, part) => {
  expectFault(() => renderHealthGate(faulty), code, prop, "Consul health gate: ", part);
});

test("a value that is known only when Terraform runs stays one word of the shell", () => {
  const text = renderHealthGate({
    ...gate,
    servers: [{ nodeName: "it's ${TfToken[TOKEN.1]}", address: "192.0.2.1" }],
    position: 1,
  });
  expect(text).toContain("self='it'\\''s ${TfToken[TOKEN.1]}'\n");
});
