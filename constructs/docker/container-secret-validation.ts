import type { Location } from "../core/errors";
import { firstSecretIn, holdsUrlPassword, isSwitch, namesSecret } from "../core/secrets";
import { isToken } from "../core/tokens";
import type { ContainerProps } from "./container-props";
import { type Fail, failAt } from "./fail";

/** Refuses secrets in plain text, where a name or a value gives them away and nobody said why they may be there. */
export function validateSecrets(fail: Fail, props: ContainerProps): void {
  const acknowledged = props.acknowledgedPlainTextSecrets ?? {};
  for (const [name, reason] of Object.entries(acknowledged)) {
    if (reason.trim() === "") {
      fail(
        "docker/secret-reason",
        `acknowledgedPlainTextSecrets[${JSON.stringify(name)}]`,
        reason,
        "a reason for each name",
        "Say why this secret may lie in the state in plain text",
      );
    }
  }
  for (const [prop, map, what] of [
    ["environment", props.environment, "variable"],
    ["labels", props.labels, "label"],
  ] as const) {
    for (const [name, value] of Object.entries(map ?? {})) {
      if (!Object.hasOwn(acknowledged, name) && givesSecretAway(name, value))
        refuseSecret(fail, `${prop}[${JSON.stringify(name)}]`, name, what);
    }
  }
  for (const file of props.files ?? []) {
    if (Object.hasOwn(acknowledged, file.path)) continue;
    const baseName = file.path.slice(file.path.lastIndexOf("/") + 1);
    if (namesSecret(baseName)) refuseSecret(fail, "files.path", file.path, "file");
    const text = file.knownText;
    const found = text === undefined ? undefined : firstSecretIn(text);
    if (found !== undefined)
      refuseSecret(fail, `files[${JSON.stringify(file.path)}]`, found, "line in a file");
  }
}

function givesSecretAway(name: string, value: string): boolean {
  if (isToken(value)) return namesSecret(name);
  return (namesSecret(name) && !isSwitch(value)) || holdsUrlPassword(value);
}

function refuseSecret(fail: Fail, prop: string, name: string, what: string): void {
  const variable = name
    .replace(/^.*[/]/, "")
    .replace(/\W+/g, "_")
    .toUpperCase();
  fail(
    "docker/plain-text-secret",
    prop,
    name,
    `no ${what} that holds a secret: it would lie in Terraform's state in plain text`,
    `Bring the secret in a host mount (name its path in a variable such as ${variable}_FILE), or say in acknowledgedPlainTextSecrets why it may`,
  );
}

/**
 * Checks a label that is added later.
 * @throws ValidationError docker/plain-text-secret
 */
export function requireNoSecretLabel(
  location: Location,
  name: string,
  value: string,
  acknowledged: Readonly<Record<string, string>>,
): void {
  if (Object.hasOwn(acknowledged, name) || !givesSecretAway(name, value)) return;
  refuseSecret(failAt(location), `labels[${JSON.stringify(name)}]`, name, "label");
}
