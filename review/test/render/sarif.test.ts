import Ajv from "ajv";
import fc from "fast-check";
import { renderSarif } from "../../src/render/sarif";
import type { Finding, Review } from "../../src/review/review";
import { INVISIBLE } from "../support/invisible";
import { arbitraryReview } from "./arbitrary-review";
import { BLOCKED, change, ERROR, NO_CHANGES, review, stack } from "./sample-reviews";

interface Result {
  readonly ruleId: string;
  readonly ruleIndex: number;
  readonly level: string;
  readonly message: { readonly text: string };
  readonly locations: readonly {
    readonly physicalLocation: { readonly artifactLocation: { readonly uri: string } };
    readonly logicalLocations?: readonly { readonly name: string; readonly fullyQualifiedName?: string }[];
  }[];
  readonly partialFingerprints: { readonly primaryLocationLineHash: string };
  readonly suppressions?: readonly { readonly justification: string }[];
}

interface Run {
  readonly tool: {
    readonly driver: { readonly rules: readonly { readonly id: string; readonly helpUri?: string }[] };
  };
  readonly results: readonly Result[];
}

function runOf(text: string): Run {
  return (JSON.parse(text) as { runs: [Run] }).runs[0];
}

/** The parts of SARIF 2.1.0 that are used here, each with its constraints of the standard's schema, and GitHub's own. */
const text = { type: "string", minLength: 1 };
const message = { type: "object", required: ["text"], additionalProperties: false, properties: { text } };
const level = { enum: ["none", "note", "warning", "error"] };
const ESSENTIAL = {
  type: "object",
  required: ["version", "runs", "$schema"],
  additionalProperties: false,
  properties: {
    $schema: { const: "https://json.schemastore.org/sarif-2.1.0.json" },
    version: { const: "2.1.0" },
    runs: {
      type: "array",
      minItems: 1,
      maxItems: 1,
      items: {
        type: "object",
        required: ["tool", "results"],
        additionalProperties: false,
        properties: {
          columnKind: { enum: ["utf16CodeUnits", "unicodeCodePoints"] },
          automationDetails: {
            type: "object",
            properties: { id: { type: "string" } },
            additionalProperties: false,
          },
          tool: {
            type: "object",
            required: ["driver"],
            additionalProperties: false,
            properties: {
              driver: {
                type: "object",
                required: ["name", "rules"],
                additionalProperties: false,
                properties: {
                  name: text,
                  version: text,
                  rules: {
                    type: "array",
                    uniqueItems: true,
                    items: {
                      type: "object",
                      required: ["id", "shortDescription", "help"],
                      additionalProperties: false,
                      properties: {
                        id: text,
                        shortDescription: {
                          ...message,
                          properties: { text: { ...text, maxLength: 1024 } },
                        },
                        help: message,
                        helpUri: { type: "string", pattern: "^https?://" },
                        defaultConfiguration: {
                          type: "object",
                          properties: { level },
                          additionalProperties: false,
                        },
                      },
                    },
                  },
                },
              },
            },
          },
          results: {
            type: "array",
            maxItems: 25000,
            items: {
              type: "object",
              required: ["ruleId", "ruleIndex", "level", "message", "locations", "partialFingerprints"],
              additionalProperties: false,
              properties: {
                ruleId: text,
                ruleIndex: { type: "integer", minimum: 0 },
                level,
                message,
                locations: {
                  type: "array",
                  minItems: 1,
                  items: {
                    type: "object",
                    required: ["physicalLocation"],
                    additionalProperties: false,
                    properties: {
                      physicalLocation: {
                        type: "object",
                        required: ["artifactLocation", "region"],
                        additionalProperties: false,
                        properties: {
                          artifactLocation: {
                            type: "object",
                            additionalProperties: false,
                            properties: { uri: text, uriBaseId: { const: "%SRCROOT%" } },
                          },
                          region: {
                            type: "object",
                            required: ["startLine"],
                            additionalProperties: false,
                            properties: { startLine: { const: 1 } },
                          },
                        },
                      },
                      logicalLocations: {
                        type: "array",
                        uniqueItems: true,
                        items: {
                          type: "object",
                          additionalProperties: false,
                          properties: { name: text, fullyQualifiedName: { type: "string" }, kind: text },
                        },
                      },
                    },
                  },
                },
                partialFingerprints: { type: "object", additionalProperties: { type: "string" } },
                suppressions: {
                  type: "array",
                  uniqueItems: true,
                  items: {
                    type: "object",
                    required: ["kind"],
                    additionalProperties: false,
                    properties: {
                      kind: { enum: ["inSource", "external"] },
                      status: { enum: ["accepted", "underReview", "rejected"] },
                      justification: text,
                    },
                  },
                },
              },
            },
          },
        },
      },
    },
  },
};

const essential = new Ajv({ allErrors: true }).compile(ESSENTIAL);

function finding(more: Partial<Finding> = {}): Finding {
  return {
    rule: "docker/x",
    level: "error",
    stack: "production",
    message: "It is wrong.",
    mend: "Mend it.",
    ...more,
  };
}

describe("SARIF", () => {
  it("follows the standard in what it uses, whatever the review", () => {
    fc.assert(
      fc.property(arbitraryReview, (each) => {
        const sarif = renderSarif(each, { version: "1.0.0" });
        essential(JSON.parse(sarif));
        expect(essential.errors ?? []).toEqual([]);
        expect(sarif).not.toMatch(INVISIBLE);
        const { results, tool } = runOf(sarif);
        for (const { ruleId, ruleIndex } of results) expect(tool.driver.rules[ruleIndex]?.id).toBe(ruleId);
        const prints = results.map(
          (result) => result.ruleId + result.partialFingerprints.primaryLocationLineHash,
        );
        expect(new Set(prints).size).toBe(results.length);
        // No link, image, element, placeholder or mention.
        for (const { message: said } of results) {
          expect(said.text).not.toMatch(/\]\(|<[A-Za-z/!?]|\{[0-9]|:\/\/|(?<!\w)@\w|#[0-9]|`|\$\S/);
          expect(said.text).toMatch(/^(Resource|Stack|To be reviewed by hand:) /);
        }
      }),
      { numRuns: 100 },
    );
  });

  it("has findings, what is by hand, and destroys, most dangerous first", () => {
    const { results, tool } = runOf(renderSarif(BLOCKED));
    expect(results.map(({ ruleId, level: how }) => `${how} ${ruleId}`)).toEqual([
      "error plan/failed",
      "error docker/data-volume",
      "error docker/image-digest",
      "error plan/by-hand",
      "warning plan/replace",
      "warning plan/replace",
      "warning plan/destroy",
      "note plan/forget",
      "warning docker/published-port",
    ]);
    expect(tool.driver.rules.find(({ id }) => id === "docker/data-volume")?.helpUri).toBe(
      "https://example.com/docs/review/policies/data-volume.md",
    );
    expect(results[1]?.locations[0]).toMatchObject({
      physicalLocation: { artifactLocation: { uri: "cdktf.json" } },
      logicalLocations: [
        { name: "production-consul" },
        { name: "production-consul/server-1/data", fullyQualifiedName: "docker_volume.consul_data" },
      ],
    });
    expect(results.at(-1)?.suppressions).toEqual([
      {
        kind: "external",
        status: "accepted",
        justification: "The resolver is public. (ops, until 2026-12-31)",
      },
    ]);
    expect(results.slice(0, -1).filter(({ suppressions }) => suppressions !== undefined)).toEqual([]);
  });

  it("has nothing where nothing changes, and a result where a plan is missing", () => {
    expect(runOf(renderSarif(NO_CHANGES)).results).toEqual([]);
    expect(runOf(renderSarif(ERROR)).results.map(({ ruleId }) => ruleId)).toEqual(["plan/failed"]);
  });

  it("shows results at the file that it is told", () => {
    const { results } = runOf(renderSarif(BLOCKED, { artifact: "apps\\my app/main.ts" }));
    expect(results[0]?.locations[0]?.physicalLocation.artifactLocation.uri).toBe("apps/my%20app/main.ts");
  });

  it("keeps a finding's fingerprint when others come and the words change", () => {
    const print = (each: Review, message_: string): string | undefined =>
      runOf(renderSarif(each)).results.find(({ message: said }) => said.text.includes(message_))
        ?.partialFingerprints.primaryLocationLineHash;
    const one = print(review([], { findings: [finding({ address: "a.b", message: "First." })] }), "First");
    const two = print(
      review([], {
        findings: [finding({ address: "a.c" }), finding({ address: "a.b", message: "Second." })],
      }),
      "Second",
    );
    expect(one).toMatch(/^[0-9a-f]{16}:1$/);
    expect(two).toBe(one);
  });

  it("leaves out the least dangerous of too many, and says how many", () => {
    const changes = Array.from({ length: 8 }, (_, index) => change(`docker_volume.v${index}`, "delete"));
    const big = review(
      [stack("production", { changes: [change("docker_network.n", "forget"), ...changes] })],
      {
        findings: [finding(), finding({ acknowledged: { reason: "known", expires: "2026-12-31" } })],
      },
    );
    const { results } = runOf(renderSarif(big, { maxResults: 5 }));
    expect(results).toHaveLength(5);
    expect(results.map(({ ruleId }) => ruleId)).toEqual([
      "docker/x",
      "plan/destroy",
      "plan/destroy",
      "plan/destroy",
      "plan/cut",
    ]);
    expect(results.at(-1)?.message.text).toMatch(/^7 results are left out/);
  });

  it.each([0, -1, Number.NaN])("refuses %d results", (maxResults) => {
    expect(() => renderSarif(BLOCKED, { maxResults })).toThrow("maxResults");
  });
});
