import { EngineConnection } from "../constructs/docker/engine-connection";
import type { HostDescription } from "./environment";

/** How Terraform reaches a host's engine. @throws ValidationError what `EngineConnection` says */
export function connectionOf(host: HostDescription): EngineConnection {
  const { connection } = host;
  switch (connection.kind) {
    case "local":
      return EngineConnection.localSocket(connection.socket);
    case "ssh": {
      const { user, port, address = host.address, hostKeys, configFile, identityFile } = connection;
      return EngineConnection.ssh({
        address,
        ...(user === undefined ? {} : { user }),
        ...(port === undefined ? {} : { port }),
        ...(hostKeys === undefined ? {} : { hostKeys }),
        ...(configFile === undefined ? {} : { configFile }),
        ...(identityFile === undefined ? {} : { identityFile }),
      });
    }
    case "tcp":
      return EngineConnection.tcp({
        address: host.address,
        certPath: connection.certPath,
        ...(connection.port === undefined ? {} : { port: connection.port }),
      });
  }
}
