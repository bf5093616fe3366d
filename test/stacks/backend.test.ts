import type { Backend } from "../../environments/backend";
import { addBackend } from "../../stacks/backend";
import { TerraformStack } from "cdktf";
import { synthesize } from "../support/apps";

function backendOf(backend: Backend): unknown {
  const json = synthesize((app) => {
    addBackend(new TerraformStack(app, "fleet-one"), "fleet-one", backend);
  });
  return json["fleet-one"]?.terraform["backend"];
}

describe("addBackend", () => {
  it("keeps a file for each stack in a local folder", () => {
    expect(backendOf({ kind: "local", folder: "/var/lib/terraform" })).toEqual({
      local: { path: "/var/lib/terraform/fleet-one.tfstate" },
    });
  });

  it("keeps a locked, encrypted object for each stack in a bucket", () => {
    expect(backendOf({ kind: "s3", bucket: "states", prefix: "discovery", region: "eu-central-1" })).toEqual({
      s3: {
        bucket: "states",
        key: "discovery/fleet-one.tfstate",
        region: "eu-central-1",
        encrypt: true,
        use_lockfile: true,
      },
    });
  });

  it("asks AWS nothing for a store that is not AWS's", () => {
    const endpoint = "https://s3.example.com";
    expect(backendOf({ kind: "s3", bucket: "states", prefix: "p", region: "main", endpoint })).toMatchObject({
      s3: {
        endpoints: { s3: endpoint },
        use_path_style: true,
        use_lockfile: true,
        skip_credentials_validation: true,
        skip_region_validation: true,
        skip_requesting_account_id: true,
      },
    });
  });

  it("keeps a key for each stack in a Consul, over TLS and without its token", () => {
    expect(backendOf({ kind: "consul", address: "consul.example.com:8501", prefix: "terraform" })).toEqual({
      consul: { address: "consul.example.com:8501", scheme: "https", path: "terraform/fleet-one" },
    });
  });

  it("keeps a document for each stack on a server, with a lock beside it", () => {
    for (const address of ["https://state.example.com/fleet", "https://state.example.com/fleet/"]) {
      expect(backendOf({ kind: "http", address })).toEqual({
        http: {
          address: "https://state.example.com/fleet/fleet-one",
          lock_address: "https://state.example.com/fleet/fleet-one/lock",
          unlock_address: "https://state.example.com/fleet/fleet-one/lock",
        },
      });
    }
  });
});
