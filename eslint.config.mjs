import js from "@eslint/js";
import tseslint from "typescript-eslint";

/** The rooms that a room of the library may not import: imports run one way (docs/architecture.md). */
const rooms = {
  core: ["discovery", "host", "docker", "consul", "registrator", "dns"],
  discovery: ["host", "docker", "consul", "registrator", "dns"],
  host: ["discovery", "docker", "consul", "registrator", "dns"],
  docker: ["consul", "registrator", "dns"],
  consul: ["registrator", "dns"],
  registrator: ["consul", "dns"],
  dns: ["consul", "registrator"],
};

export default tseslint.config(
  {
    ignores: [
      "lib/",
      "review/lib/",
      "coverage/",
      "cdktf.out/",
      "node_modules/",
      "examples/*/lib/",
      "examples/*/node_modules/",
      "examples/*/cdktf.out/",
    ],
  },
  js.configs.recommended,
  {
    files: ["**/*.ts"],
    ignores: ["examples/**"],
    extends: [...tseslint.configs.strictTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      "@typescript-eslint/restrict-template-expressions": [
        "error",
        { allowNumber: true, allowBoolean: true },
      ],
      "@typescript-eslint/no-extraneous-class": "off",
      "@typescript-eslint/consistent-type-imports": "error",
      "no-restricted-imports": [
        "error",
        { patterns: [{ group: ["*/lib/*"], message: "import the sources, not what is built from them" }] },
      ],
    },
  },
  {
    files: ["test/**/*.ts", "review/test/**/*.ts"],
    rules: {
      // Every construct registers itself with its scope, so a test may make one without keeping it.
      "no-new": "off",
      "@typescript-eslint/no-non-null-assertion": "off",
    },
  },
  ...Object.entries(rooms).map(([room, forbidden]) => ({
    files: [`constructs/${room}/**/*.ts`],
    rules: {
      "no-restricted-imports": [
        "error",
        {
          patterns: [
            {
              group: forbidden.map((other) => `**/${other}/**`),
              message: `constructs/${room} may not import this room (docs/architecture.md).`,
            },
            {
              group: ["**/index", "!constructs"],
              message: "index files are for the library's users only: import the file that has it.",
            },
            {
              group: ["**/stacks/**", "**/environments/**", "**/main"],
              message: "the library knows nothing of the app.",
            },
          ],
        },
      ],
    },
  })),
  {
    files: ["**/*.js", "**/*.mjs"],
    languageOptions: {
      globals: {
        module: "writable",
        require: "readonly",
        __dirname: "readonly",
        process: "readonly",
        console: "readonly",
      },
    },
  },
);
