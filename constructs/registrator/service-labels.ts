import { type Location, ValidationError } from "../core/errors";
import { sortedEntries } from "../core/objects";
import { requirePort } from "../core/ports";
import { isToken } from "../core/tokens";
import type { ServiceRegistration } from "../discovery/service-catalog";
import { renderCheckAttributes } from "./check-labels";
import { serviceNameFault } from "./default-service-name";
import { renderTags } from "./tags";

/** Consul's limits for a service's metadata (`agent/structs`: metaMaxKeyPairs, metaValueMaxLength). */
const MOST_ATTRIBUTES = 64;
const LONGEST_VALUE = 512;

function requireMetaKey(location: Location, key: string): void {
  const fail = (allowed: string, mend: string): never => {
    throw new ValidationError(location, {
      code: "registrator/meta-key",
      prop: "meta",
      got: key,
      allowed,
      mend,
    });
  };
  if (!/^[a-z0-9_-]{1,128}$/.test(key)) {
    fail(
      "keys of 1 to 128 small letters, digits, hyphens and underscores: registrator turns capitals into small letters, Consul refuses the rest",
      "Write the key in small letters",
    );
  }
  if (key === "id") {
    fail(
      "any key but id: with an ID of one's own, registrator's cleanup removes live services or leaves dead ones",
      "Leave it out: registrator's ID is host:container:port",
    );
  }
  if (key === "name" || key === "tags" || key === "ignore" || key.startsWith("check_")) {
    fail(
      "any key but name, tags, id, ignore and those that begin with check_, which registrator takes for itself",
      "Take another key, or the prop of that name",
    );
  }
  if (key.startsWith("consul-")) {
    fail("any key that does not begin with consul-, which Consul keeps for itself", "Take another prefix");
  }
  if (/^\d+_/.test(key)) {
    // SERVICE_80_80_NAME makes registrator skip SERVICE_80_NAME.
    fail(
      "any key that does not begin with digits and an underscore, which registrator takes for a port",
      "Put a letter in front",
    );
  }
}

function requireAttributes(location: Location, attributes: Readonly<Record<string, string>>): void {
  const count = Object.keys(attributes).length;
  if (count > MOST_ATTRIBUTES) {
    throw new ValidationError(location, {
      code: "registrator/meta-count",
      prop: "meta",
      got: count,
      allowed: `at most ${MOST_ATTRIBUTES} keys, those of the check included: Consul refuses the service otherwise`,
      mend: "Leave some out",
    });
  }
  for (const [key, value] of sortedEntries(attributes)) {
    if (isToken(value) || Buffer.byteLength(value) <= LONGEST_VALUE) continue;
    throw new ValidationError(location, {
      code: "registrator/meta-value",
      prop: key.startsWith("CHECK_") ? "check" : `meta.${key.toLowerCase()}`,
      got: value,
      allowed: `at most ${LONGEST_VALUE} bytes: registrator hands it on as metadata, and Consul refuses longer ones`,
      mend: "Shorten it",
    });
  }
}

/**
 * Checks a service's name.
 * @throws ValidationError registrator/service-name
 */
export function requireServiceName(location: Location, prop: string, name: string): void {
  const fault = serviceNameFault(name);
  if (fault === undefined) return;
  throw new ValidationError(location, {
    code: "registrator/service-name",
    prop,
    got: name,
    allowed: fault,
    mend: "Take a name such as shop or shop-admin",
  });
}

/**
 * The labels that make registrator register one port so. All of them carry the port, since only such a name is
 * taken as it stands where several ports are published, and since they win over whatever the image brings. They
 * count for TCP and UDP alike. Sorted by label.
 * @throws ValidationError core/port, registrator/service-name, registrator/meta-key, registrator/meta-count,
 * registrator/meta-value, and those of `renderTags` and `renderCheckAttributes`
 */
export function renderServiceLabels(
  registration: ServiceRegistration,
  location: Location = "registrator",
): Record<string, string> {
  const { port, name, tags = [], meta = {}, check } = registration;
  requirePort(location, "port", port);
  if (isToken(port)) {
    throw new ValidationError(location, {
      code: "registrator/port-token",
      prop: "port",
      got: "a value known only at apply",
      allowed: "a number known at synth: it is part of the labels' names",
      mend: "Write the container's port as a number",
    });
  }
  if (name !== undefined) requireServiceName(location, "name", name);
  Object.keys(meta).forEach((key) => {
    requireMetaKey(location, key);
  });
  const attributes: Record<string, string> = {
    ...Object.fromEntries(Object.entries(meta).map(([key, value]) => [key.toUpperCase(), value])),
    ...(check === undefined ? {} : renderCheckAttributes(check, location)),
  };
  requireAttributes(location, attributes);
  const renderedTags = renderTags(tags, location);
  const labels = {
    ...attributes,
    ...(name === undefined ? {} : { NAME: name }),
    ...(renderedTags === "" ? {} : { TAGS: renderedTags }),
  };
  return Object.fromEntries(sortedEntries(labels).map(([key, value]) => [`SERVICE_${port}_${key}`, value]));
}
