import * as api from "../../src/index";
import * as policyModule from "../../src/policy/policy-module";

describe("the package's exports", () => {
  it("have every name that a policy file can import", () => {
    for (const [name, value] of Object.entries(policyModule)) {
      expect(api).toHaveProperty(name, value);
    }
  });
});
