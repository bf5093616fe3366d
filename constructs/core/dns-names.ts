import { type Location, ValidationError } from "./errors";
import { isToken } from "./tokens";

const LABEL = /^[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?$/;

/** Tells whether a text is one label of a host name: RFC 1123, section 2.1 (letters, digits, inner hyphens, up to 63). */
export function isDnsLabel(text: string): boolean {
  return LABEL.test(text);
}

/** Tells whether a text is a domain name of such labels, up to 253 characters, without the final dot. */
export function isDomainName(text: string): boolean {
  return text.length <= 253 && text.split(".").every(isDnsLabel);
}

/**
 * Checks a label. A token passes.
 * @throws ValidationError core/dns-label
 */
export function requireDnsLabel(location: Location, prop: string, text: string): void {
  if (isToken(text) || isDnsLabel(text)) return;
  throw new ValidationError(location, {
    code: "core/dns-label",
    prop,
    got: text,
    allowed: "a DNS label (RFC 1123): 1 to 63 letters, digits and hyphens, no hyphen at either end",
    mend: "Take a name without dots, underscores and other characters",
  });
}

/**
 * Checks a domain name. A token passes.
 * @throws ValidationError core/domain-name
 */
export function requireDomainName(location: Location, prop: string, text: string): void {
  if (isToken(text) || isDomainName(text)) return;
  throw new ValidationError(location, {
    code: "core/domain-name",
    prop,
    got: text,
    allowed: "DNS labels (RFC 1123) with dots between them, up to 253 characters, without a dot at the end",
    mend: "Take a name such as consul or dc1.example.com",
  });
}
