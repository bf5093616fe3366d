import { type Location, ValidationError } from "./errors";
import { isToken } from "./tokens";

/** The transport protocols that Docker publishes and registrator registers. */
export type Protocol = "tcp" | "udp";

/**
 * Checks a port. A token passes: it cannot be looked into.
 * @throws ValidationError core/port
 */
export function requirePort(location: Location, prop: string, port: number): void {
  if (isToken(port) || (Number.isInteger(port) && port >= 1 && port <= 65_535)) return;
  throw new ValidationError(location, {
    code: "core/port",
    prop,
    got: port,
    allowed: "a whole number from 1 to 65535",
    mend: "Give the port's number",
  });
}
