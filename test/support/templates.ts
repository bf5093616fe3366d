/** Terraform's reading of a literal template: its two escapes, and nothing else. */
export function evaluate(template: string): string {
  let text = "";
  for (let i = 0; i < template.length; i++) {
    const three = template.slice(i, i + 3);
    if (three === "$${" || three === "%%{") {
      text += three.slice(1);
      i += 2;
    } else if (/^[$%]\{/.test(three)) {
      throw new Error(`a template sequence at ${i} of ${template}`);
    } else {
      text += template.charAt(i);
    }
  }
  return text;
}
