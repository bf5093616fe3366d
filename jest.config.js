// SWC only strips the types: `npm run typecheck` is what finds type errors.
const transform = {
  "^.+\\.ts$": [
    "@swc/jest",
    { jsc: { parser: { syntax: "typescript" }, target: "es2022" }, module: { type: "commonjs" } },
  ],
};
const project = (displayName, testMatch, more = {}) => ({
  displayName,
  testEnvironment: "node",
  rootDir: __dirname,
  modulePathIgnorePatterns: ["<rootDir>/lib/", "<rootDir>/examples/", "<rootDir>/cdktf.out/"],
  testMatch,
  transform,
  ...more,
});

const ES_MODULES = [
  "@octokit",
  "before-after-hook",
  "universal-user-agent",
  "fast-content-type-parse",
  "json-with-bigint",
  "content-type",
  "p-limit",
  "yocto-queue",
  "micromark[^/]*",
  "decode-named-character-reference",
  "character-entities",
  "ccount",
  "devlop",
  "parse5",
  "entities",
];

module.exports = {
  // For machines with few processors and much else to do; no test measures time.
  testTimeout: 30_000,
  testSequencer: "<rootDir>/test/sequencer.js",
  projects: [
    project("unit", ["<rootDir>/test/**/*.test.ts"], {
      testPathIgnorePatterns: [
        "<rootDir>/test/conformance/",
        "<rootDir>/test/engines/",
        "<rootDir>/test/fleet/",
      ],
    }),
    project("review", ["<rootDir>/review/test/**/*.test.ts"], {
      testPathIgnorePatterns: ["<rootDir>/review/test/page/"],
      // These come as ES modules only; the others that Jest loads do not.
      transformIgnorePatterns: [`node_modules/(?!(${ES_MODULES.join("|")})/)`],
      transform: { ...transform, "\\.js$": transform["^.+\\.ts$"] },
    }),
    project("page", ["<rootDir>/review/test/page/**/*.test.ts"]),
    project("conformance", ["<rootDir>/test/conformance/**/*.test.ts"]),
    project("engines", ["<rootDir>/test/engines/**/*.test.ts", "<rootDir>/test/fleet/**/*.test.ts"]),
  ],
};
