import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { failureRedactor, type FailureSecretsOptions } from "../../src/terraform/failure-secrets";

describe("the words with which a stack failed", () => {
  let directory: string;
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), "plan-review-failure-"));
  });
  afterEach(() => {
    rmSync(directory, { recursive: true, force: true });
  });

  const write = (file: string, content: unknown): string => {
    writeFileSync(join(directory, file), typeof content === "string" ? content : JSON.stringify(content));
    return join(directory, file);
  };
  const said = (text: string, more: Partial<FailureSecretsOptions> = {}): string =>
    failureRedactor({ directory, env: {}, varFiles: [], ...more }).text(text);
  const sensitive = { variable: { answer: { sensitive: true }, shown: { default: "plain-text" } } };

  it("lose the default of a sensitive variable, and keep others", () => {
    write("cdk.tf.json", {
      variable: { answer: { sensitive: true, default: "canary-one" }, shown: { default: "plain-text" } },
    });
    expect(said("dial canary-one: plain-text")).toBe("dial (sensitive): plain-text");
  });

  it("lose what the environment gives to a sensitive variable", () => {
    write("cdk.tf.json", sensitive);
    const env = { TF_VAR_answer: "canary-two", TF_VAR_shown: "plain-text" };
    expect(said("dial canary-two: plain-text", { env })).toBe("dial (sensitive): plain-text");
  });

  it("lose the parts of what is an object, and what is in lists of declarations", () => {
    write("cdk.tf.json", { variable: [{ answer: [{ ephemeral: true }] }] });
    const env = { TF_VAR_answer: '{"deep":["canary-three"]}' };
    expect(said("dial canary-three", { env })).toBe("dial (sensitive)");
    expect(said("dial canary-hcl", { env: { TF_VAR_answer: '{ deep = "canary-hcl" }' } })).toBe(
      "dial (sensitive)",
    );
  });

  it.each([
    ["terraform.tfvars", 'shown = "plain-text"\nanswer = "canary-four"\n'],
    ["terraform.tfvars.json", '{"answer":"canary-four","shown":"plain-text"}'],
    ["more.auto.tfvars", 'answer = {\n  deep = ["canary-four"]\n}\nshown = "plain-text"'],
    ["more.auto.tfvars", "answer = <<EOT\n  canary-four\nEOT\n"],
    ["more.auto.tfvars.json", '{"answer":{"deep":"canary-four"}}'],
  ])("lose what %s gives to a sensitive variable", (file, content) => {
    write("cdk.tf.json", sensitive);
    write(file, content);
    expect(said("dial canary-four: plain-text")).toBe("dial (sensitive): plain-text");
  });

  it("lose what a file of variables gives that is named", () => {
    write("cdk.tf.json", sensitive);
    const file = write("own.tfvars", 'answer = "canary-\\"five"');
    expect(said('dial canary-"five', { varFiles: [file] })).toBe("dial (sensitive)");
  });

  it("lose what names in the configuration and in the environment tell", () => {
    write("cdk.tf.json", { provider: { docker: [{ registry_auth: [{ password: "canary-six-66" }] }] } });
    const env = { AWS_SECRET_ACCESS_KEY: "canary/seven/77", HOME: "/home/someone" };
    expect(said("got canary-six-66, canary/seven/77 in /home/someone", { env })).toBe(
      "got (sensitive), (sensitive 2) in /home/someone",
    );
  });

  it("stay where there is no configuration that can be read", () => {
    expect(said("no such file")).toBe("no such file");
    write("cdk.tf.json", "{");
    expect(said("no such file")).toBe("no such file");
  });
});
