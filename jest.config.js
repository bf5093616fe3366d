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

module.exports = {
  projects: [
    project("unit", ["<rootDir>/test/**/*.test.ts"], {
      testPathIgnorePatterns: ["<rootDir>/test/conformance/", "<rootDir>/test/engines/"],
    }),
    project("conformance", ["<rootDir>/test/conformance/**/*.test.ts"]),
    project("engines", ["<rootDir>/test/engines/**/*.test.ts"]),
  ],
};
