import type { Environment } from "./environment";
import { local } from "./local";
import { production } from "./production";
import { staging } from "./staging";

/** Every environment of this project, in the order in which they are shown. */
export function environments(): Environment[] {
  return [local(), staging(), production];
}
