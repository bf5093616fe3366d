import { readdirSync, readFileSync } from "node:fs";
import type { Json } from "../../src/plan/plan";
import { parsePlan } from "../../src/plan/parse-plan";
import type { Redacted } from "../../src/redaction/redacted";
import { EncodedText } from "../../src/redaction/redacted";
import { Redactor } from "../../src/redaction/redactor";
import { plan, resource } from "./plans";

/** A container as the provider plans one, with what fleets put into it. */
const CONTAINER: Json = {
  name: "consul-server-1",
  image: "sha256:8f1a2b3c4d5e6f708192a3b4c5d6e7f8091a2b3c4d5e6f708192a3b4c5d6e7f8",
  id: "0a1b2c3d4e5f60718293a4b5c6d7e8f90a1b2c3d4e5f60718293a4b5c6d7e8f9",
  command: [
    "agent",
    "-server",
    "-bootstrap-expect=3",
    "-config-dir=/consul/config",
    "-retry-join",
    "10.0.0.2",
  ],
  entrypoint: ["docker-entrypoint.sh"],
  env: [
    "TZ=Europe/Berlin",
    "CONSUL_HTTP_ADDR=http://127.0.0.1:8500",
    "CONSUL_HTTP_TOKEN_FILE=/run/secrets/consul-token",
    "KEYBOARD_LAYOUT=us",
    "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
    "PASSWORD_MIN_LENGTH=12",
  ],
  labels: [
    { label: "cdktf-docker-discovery.role", value: "consul-server" },
    { label: "traefik.http.routers.web.rule", value: "Host(`www.example.com`) && PathPrefix(`/token`)" },
    { label: "org.opencontainers.image.source", value: "https://github.com/hashicorp/consul" },
  ],
  ports: [{ internal: 8500, external: 8500, ip: "127.0.0.1", protocol: "tcp" }],
  networks_advanced: [{ name: "backbone", aliases: ["consul"], ipv4_address: "10.0.0.3", ipv6_address: "" }],
  healthcheck: [
    {
      test: ["CMD-SHELL", "consul members -token-file=/run/secrets/t || exit 1"],
      interval: "10s",
      retries: 3,
    },
  ],
  mounts: [{ type: "volume", source: "consul-data", target: "/consul/data", read_only: false }],
  capabilities: [{ add: ["CAP_NET_BIND_SERVICE"], drop: ["ALL"] }],
  log_driver: "json-file",
  log_opts: { "max-size": "10m", tag: "{{.Name}}" },
  restart: "unless-stopped",
  network_mode: "bridge",
  must_run: true,
  memory: 268435456,
  network_data: [{ gateway: "10.0.0.1", mac_address: "02:42:0a:00:00:03", ip_prefix_length: 24 }],
  upload: [
    {
      file: "/etc/bind/named.conf",
      content: null,
      executable: false,
      source_hash: "Zm9vYmFyYmF6cXV4Zm9vYmFyYmF6cXV4Zm9vYmFyYmF6cXU=",
      content_base64: Buffer.from(
        'options {\n  directory "/var/cache/bind";\n  recursion yes;\n  allow-query { any; };\n  dnssec-validation auto;\n};\n' +
          'key "rndc-key" {\n  algorithm hmac-sha256;\n};\nzone "consul" {\n  type forward;\n  forwarders { 10.0.0.3 port 8600; };\n};\n',
      ).toString("base64"),
    },
    {
      file: "/consul/config/agent.json",
      content: JSON.stringify({
        datacenter: "dc1",
        primary_datacenter: "dc1",
        acl: { enabled: true, default_policy: "deny", enable_token_persistence: true, token_ttl: "30s" },
        node_meta: { key: "value", primary_key: "id" },
        encrypt_verify_incoming: true,
        tls: { defaults: { key_file: "/consul/tls/key.pem", ca_file: "/consul/tls/ca.pem" } },
      }),
      content_base64: "",
      executable: false,
    },
  ],
};

function decoded(value: Json): Redacted {
  if (Array.isArray(value)) {
    return value.map((item: Json) => decoded(item));
  }
  if (typeof value !== "object" || value === null) {
    return value;
  }
  return Object.fromEntries(
    Object.entries(value).map(([key, item]: [string, Json]) => [
      key,
      key === "content_base64" && typeof item === "string" && item !== ""
        ? new EncodedText("base64", Buffer.from(item, "base64").toString("utf8"))
        : decoded(item),
    ]),
  );
}

test("an ordinary container is shown as it is", () => {
  const change = resource({ before: CONTAINER, after: CONTAINER });
  const { before, after } = Redactor.of([plan({ resourceChanges: [change] })]).change(change);
  expect(after).toEqual(decoded(CONTAINER));
  expect(before).toEqual(after);
});

test("a secret in it leaves the rest as it is", () => {
  const change = resource({
    before: CONTAINER,
    after: { ...(CONTAINER as object), env: ["TZ=Europe/Berlin", "CONSUL_HTTP_TOKEN=0ff1ce-token-1"] },
  });
  const { after } = Redactor.of([plan({ resourceChanges: [change] })]).change(change);
  expect(after).toEqual({
    ...(decoded(CONTAINER) as object),
    env: ["TZ=Europe/Berlin", "CONSUL_HTTP_TOKEN=(sensitive)"],
  });
});

test("addresses and names of real plans are shown as they are, but for planted secrets", () => {
  const folder = `${__dirname}/../../fixtures/plans`;
  let seen = 0;
  for (const file of readdirSync(folder).filter((name) => name.endsWith(".json"))) {
    const whole = parsePlan(readFileSync(`${folder}/${file}`), file);
    const redactor = Redactor.of([whole]);
    for (const { address, type } of [...whole.resourceChanges, ...whole.resourceDrift]) {
      expect(redactor.text(type)).toBe(type);
      if (!address.includes("planted-secret")) {
        expect(redactor.text(address)).toBe(address);
        seen++;
      }
    }
  }
  expect(seen).toBeGreaterThan(20);
});
