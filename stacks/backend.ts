import { join } from "node:path";
import {
  ConsulBackend,
  type ConsulBackendConfig,
  HttpBackend,
  LocalBackend,
  S3Backend,
  type TerraformStack,
} from "cdktf";
import type { Backend } from "../environments/backend";

/** Gives a stack the backend of its environment, under the stack's own name. */
export function addBackend(stack: TerraformStack, stackName: string, backend: Backend): void {
  switch (backend.kind) {
    case "local":
      new LocalBackend(stack, { path: join(backend.folder, `${stackName}.tfstate`) });
      return;
    case "s3":
      new S3Backend(stack, {
        bucket: backend.bucket,
        key: `${backend.prefix}/${stackName}.tfstate`,
        region: backend.region,
        encrypt: true,
        // S3's own lock files, Terraform 1.10 and later: no second service is needed for them.
        ...(backend.endpoint === undefined
          ? {}
          : {
              endpoints: { s3: backend.endpoint },
              usePathStyle: true,
              skipCredentialsValidation: true,
              skipRegionValidation: true,
              skipRequestingAccountId: true,
            }),
      });
      stack.addOverride("terraform.backend.s3.use_lockfile", true);
      return;
    case "consul":
      new ConsulBackend(stack, {
        address: backend.address,
        scheme: "https",
        path: `${backend.prefix}/${stackName}`,
        // cdktf asks for a token here, where it would lie in the repository: Terraform reads CONSUL_HTTP_TOKEN.
      } as ConsulBackendConfig);
      return;
    case "http": {
      const address = `${backend.address.replace(/\/$/, "")}/${stackName}`;
      new HttpBackend(stack, { address, lockAddress: `${address}/lock`, unlockAddress: `${address}/lock` });
    }
  }
}
