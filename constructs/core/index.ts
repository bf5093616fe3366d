export { Cidr } from "./addresses";
export { Duration } from "./duration";
export { type Fault, Faults, type Location, ValidationError, ValidationErrors } from "./errors";
export type { Protocol } from "./ports";
export { Size } from "./size";
export { escapeTemplate, isToken } from "./tokens";
