/**
 * Messages of SARIF. They are plain text, but embedded links and placeholders take effect in them (SARIF 2.1.0, 3.11.5 and
 * 3.11.6), and GitHub puts them into comments of pull requests as they are, where Markdown does. There is no code in them to
 * hide in, so what could begin something gets a space in its middle and stays legible.
 */
import { shorten, visible } from "./escape";

const BREAKS: readonly (readonly [RegExp, string])[] = [
  // Links, images and footnotes, and what defines their targets.
  [/\]([([:])/g, "] $1"],
  [/\[\^/g, "[ ^"],
  // Placeholders.
  [/\{(?=[0-9])/g, "{ "],
  // Elements, comments, links in angle brackets.
  [/<(?=[A-Za-z/!?])/g, "< "],
  [/&(?=[A-Za-z#])/g, "& "],
  // Addresses of the web, and of mail; mentions. A digest (`image@sha256:`) is neither.
  [/:(?=\/\/)/g, ": "],
  [/(www)\./gi, "$1 ."],
  [/(mailto|xmpp):/gi, "$1 :"],
  [/(?<![A-Za-z0-9_])@(?=[A-Za-z0-9_])/g, "@ "],
  [/@(?!sha256:)(?=[A-Za-z0-9_])/g, "@ "],
  // References to issues; emoji; math.
  [/#(?=[0-9])/g, "# "],
  [/\b(GH)-(?=[0-9])/gi, "$1 -"],
  [/:(?=[A-Za-z0-9_+-]+:)/g, ": "],
  [/\$(?! )/g, "$ "],
  // Code, which could swallow what follows.
  [/`/g, "'"],
];

/**
 * A text of a plan in a message of SARIF; the message itself begins with a word of its own, so that this begins no list or
 * heading.
 *
 * @param text any text
 * @param bytes at most so many bytes of it
 */
export function sarifText(text: string, bytes = 1000): string {
  let shown = shorten(visible(text.replace(/[ \t\r\n]+/g, " ").trim()), bytes);
  for (const [pattern, replacement] of BREAKS) shown = shown.replace(pattern, replacement);
  return shown;
}
