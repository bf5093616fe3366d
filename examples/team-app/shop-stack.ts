import { LocalBackend, TerraformOutput, TerraformStack } from "cdktf";
import { Duration, Size } from "cdktf-docker-discovery/core";
import { Check } from "cdktf-docker-discovery/discovery";
import { Container, ContainerImage, HealthCheck } from "cdktf-docker-discovery/docker";
import type { Construct } from "constructs";
import { importWeb1 } from "./platform";

/** The team's two containers: the shop, which is registered by name and finds its orders by name. */
export class ShopStack extends TerraformStack {
  constructor(scope: Construct, id: string) {
    super(scope, id);
    new LocalBackend(this, { path: `${process.cwd()}/${id}.tfstate` });
    const { host, network, catalog } = importWeb1(this);
    const orders = catalog.dnsNameOf("orders");

    new Container(this, "orders", {
      host,
      image: ContainerImage.tag("registry.example.com/orders", "1.9.0"),
      healthCheck: HealthCheck.shell("wget -q -O - http://127.0.0.1:9000/healthz", {
        interval: Duration.seconds(10),
      }),
    })
      .attachTo(network)
      .publish({ containerPort: 9000, hostAddress: host.address })
      .registerIn(catalog, {
        port: 9000,
        name: "orders",
        check: Check.tcp({ interval: Duration.seconds(2) }),
      });

    const shop = new Container(this, "shop", {
      host,
      image: ContainerImage.tag("registry.example.com/shop", "2.4.1"),
      memory: Size.mebibytes(256),
      environment: { ORDERS: orders },
      ...(network.gateway === undefined ? {} : { dns: network.gateway }),
    });
    shop.attachTo(network, { ipv4Address: "10.31.4.20" });
    shop.publish({ containerPort: 8000, hostPort: 80, hostAddress: host.address });
    shop.registerIn(catalog, {
      port: 8000,
      name: "shop",
      tags: ["v2"],
      check: Check.http("/healthz", { interval: Duration.seconds(2) }),
    });
    new TerraformOutput(this, "shop-name", {
      staticId: true,
      value: catalog.dnsNameOf("shop", { tag: "v2" }),
    });
  }
}
