import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { App, TerraformStack } from "cdktf";
import { ValidationError } from "cdktf-docker-discovery/core";
import { Container, ContainerImage } from "cdktf-docker-discovery/docker";
import { importWeb1 } from "./platform";
import { ShopStack } from "./shop-stack";

/** What was synthesized, as Terraform reads it. */
interface StackJson {
  readonly terraform: { readonly required_providers: { readonly docker: Record<string, string> } };
  readonly provider: { readonly docker: readonly Record<string, unknown>[] };
  readonly resource: Record<string, Record<string, Record<string, unknown>>>;
  readonly output: Record<string, { readonly value: string }>;
}

const json = JSON.parse(readFileSync("cdktf.out/stacks/shop/cdk.tf.json", "utf8")) as StackJson;
const container = (name: string) => {
  const found = Object.values(json.resource["docker_container"] ?? {}).find(
    (resource) => resource["name"] === name,
  );
  assert(found, `there is no container ${name}`);
  return found;
};
const labels = (name: string) =>
  Object.fromEntries(
    (container(name)["labels"] as { label: string; value: string }[]).map(({ label, value }) => [
      label,
      value,
    ]),
  );

assert.deepEqual(json.terraform.required_providers.docker, {
  source: "kreuzwerker/docker",
  version: "4.5.0",
});
assert.deepEqual(
  json.provider.docker.map(({ alias, host }) => ({ alias, host })),
  [{ alias: "web-1", host: "ssh://deploy@10.30.0.14" }],
);
assert.equal(container("shop")["provider"], "docker.web-1");

const images = Object.values(json.resource["docker_image"] ?? {});
assert.deepEqual(images.map(({ name }) => name).sort(), [
  "registry.example.com/orders:1.9.0",
  "registry.example.com/shop:2.4.1",
]);
assert.match(String(container("shop")["image"]), /^\$\{docker_image\..*\.name\}$/);

assert.equal(labels("shop")["SERVICE_8000_NAME"], "shop");
assert.equal(labels("shop")["SERVICE_8000_TAGS"], "v2");
assert.equal(labels("shop")["SERVICE_8000_CHECK_HTTP"], "/healthz");
assert.equal(labels("orders")["SERVICE_9000_NAME"], "orders");
assert.deepEqual(container("shop")["env"], ["ORDERS=orders.service.production.consul"]);
assert.deepEqual(container("shop")["dns"], ["10.31.4.1"]);
assert.equal(json.output["shop-name"]?.value, "v2.shop.service.production.consul");
// What others run is not made here.
assert.deepEqual(Object.keys(json.resource).sort(), ["docker_container", "docker_image"]);

// Errors come with a code also through the packed tarball, and two stacks of an app see each other's ports.
const app = new App({ outdir: "cdktf.out.check" });
new ShopStack(app, "shop");
const stack = new TerraformStack(app, "other");
const { host } = importWeb1(stack);
const other = new Container(stack, "other", {
  host,
  image: ContainerImage.tag("registry.example.com/other", "1.0"),
});
assert.throws(
  () => other.publish({ containerPort: 8000, hostPort: 80, hostAddress: "10.30.0.14" }),
  (error) => error instanceof ValidationError && error.code === "docker/duplicate-port",
);
console.log("team-app: every check passed");
