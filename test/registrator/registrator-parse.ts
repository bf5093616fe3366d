/**
 * How registrator (master, 7.4.0) reads what a container carries: `recParseEscapedComma` and `serviceMetaData` of
 * bridge/util.go, the naming of `bridge.newService`, and `buildCheck` of consul/consul.go, written down again with
 * their quirks, so that the tests can read the labels as the program does.
 */
export function parseEscapedComma(text: string): string[] {
  let str = text;
  if (str.length === 0) return [];
  if (str.startsWith(",")) return parseEscapedComma(str.slice(1));
  let offset = 0;
  while (str.slice(offset).length > 0) {
    const index = str.slice(offset).indexOf(",");
    if (index === -1) break;
    if (str.slice(offset + index - 1, offset + index) !== "\\") {
      return [...parseEscapedComma(str.slice(offset + index + 1)), str.slice(0, offset + index)];
    }
    str = str.slice(0, offset + index - 1) + str.slice(offset + index);
    offset += index;
  }
  return [str];
}

/** `labels` in the order in which Go happens to walk through the map. */
export function serviceMetaData(labels: readonly (readonly [string, string])[], port: string) {
  // Without a prototype: "__proto__" and "constructor" are keys like any other in Go.
  const metadata = Object.create(null) as Record<string, string>;
  const fromPort = Object.create(null) as Record<string, boolean>;
  for (const [label, labelValue] of labels) {
    const [name, value] = splitTwo(`${label}=${labelValue}`, "=");
    if (!name.startsWith("SERVICE_") || value === undefined) continue;
    const key = name.slice("SERVICE_".length).toLowerCase();
    if (fromPort[key]) continue;
    const [head, rest] = splitTwo(key, "_");
    if (/^[+-]?\d+$/.test(head) && rest !== undefined) {
      if (head !== port) continue;
      metadata[rest] = value;
      fromPort[rest] = true;
    } else {
      metadata[key] = value;
    }
  }
  return { metadata, fromPort };
}

function splitTwo(text: string, separator: string): [string, string | undefined] {
  const at = text.indexOf(separator);
  return at < 0 ? [text, undefined] : [text.slice(0, at), text.slice(at + 1)];
}

export interface Service {
  readonly name: string;
  readonly tags: readonly string[];
  readonly attrs: Readonly<Record<string, string>>;
}

/** `bridge.newService` for one port; undefined where registrator passes over it. */
export function newService(
  labels: readonly (readonly [string, string])[],
  image: string,
  port: string,
  isGroup: boolean,
): Service | undefined {
  const { metadata, fromPort } = serviceMetaData(labels, port);
  if ((metadata["ignore"] ?? "") !== "") return undefined;
  let name = metadata["name"] ?? "";
  if (name === "") name = image.slice(image.lastIndexOf("/") + 1).split(":")[0] ?? "";
  if (isGroup && !fromPort["name"]) name += `-${port}`;
  const tags = parseEscapedComma(metadata["tags"] ?? "");
  const attrs = Object.fromEntries(
    Object.entries(metadata).filter(([key]) => !["id", "tags", "name"].includes(key)),
  );
  return { name, tags, attrs };
}

/** `buildCheck`, with the parts of Consul's AgentServiceCheck that it sets. */
export function buildCheck(attrs: Readonly<Record<string, string>>, ip: string, port: number) {
  const check: Record<string, unknown> = {};
  const of = (key: string) => attrs[key] ?? "";
  const timeout = () => {
    if (of("check_timeout") !== "") check["Timeout"] = of("check_timeout");
  };
  if (of("check_initial_status") !== "") check["Status"] = of("check_initial_status");
  if (of("check_http") !== "") {
    check["HTTP"] = `http://${ip}:${port}${of("check_http")}`;
    timeout();
    if (of("check_http_method") !== "") check["Method"] = of("check_http_method");
  } else if (of("check_https") !== "") {
    check["HTTP"] = `https://${ip}:${port}${of("check_https")}`;
    timeout();
    if (of("check_https_method") !== "") check["Method"] = of("check_https_method");
  } else if (of("check_cmd") !== "") {
    check["Args"] = ["check-cmd", of("check_cmd")];
  } else if (of("check_script") !== "") {
    check["Args"] = [
      of("check_script").replaceAll("$SERVICE_IP", ip).replaceAll("$SERVICE_PORT", String(port)),
    ];
  } else if (of("check_ttl") !== "") {
    check["TTL"] = of("check_ttl");
  } else if (of("check_tcp") !== "") {
    check["TCP"] = `${ip}:${port}`;
    timeout();
  } else if (of("check_grpc") !== "") {
    check["GRPC"] = `${ip}:${port}`;
    timeout();
    if (of("check_grpc_use_tls") !== "") {
      check["GRPCUseTLS"] = true;
      if (of("check_tls_skip_verify") !== "") check["TLSSkipVerify"] = true;
    }
  } else {
    return undefined;
  }
  if (["Args", "HTTP", "TCP", "GRPC"].some((kind) => kind in check)) {
    check["Interval"] = of("check_interval") === "" ? "10s" : of("check_interval");
  }
  if (of("check_deregister_after") !== "") {
    check["DeregisterCriticalServiceAfter"] = of("check_deregister_after");
  }
  return check;
}
