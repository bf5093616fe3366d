/**
 * A policy file: `cdktf-plan-review review --policy policy.ts ...`. The shipped rules hold beside the rules here.
 */
import { definePolicy, type PolicyRule } from "cdktf-plan-review";

/** The most memory, in MiB, that one container may ask for in production. */
const MOST_MEMORY = 4096;

/** Containers of production have a memory limit, and none beyond what a host can give. */
const memoryLimit: PolicyRule = {
  // Two words with a slash between. Acknowledgements and SARIF name the rule by it.
  id: "team/memory-limit",
  title: "Containers have a memory limit of at most 4 GiB",
  help: "https://wiki.example.com/platform/memory",
  // Left out, the rule holds everywhere. A stack's environment is the part of its name before the first dash.
  environments: ["production"],
  *check(stack) {
    for (const resource of stack.resources) {
      if (resource.type !== "docker_container") continue;
      if (!["create", "update", "replace"].includes(resource.action)) continue;
      const memory = resource.after("memory");
      const mend = `Set \`memory\` to at most ${MOST_MEMORY} (MiB).`;
      switch (memory.kind) {
        case "unknown":
          // Never guess: what is known only after apply blocks as 'cannot verify'.
          yield {
            resource,
            message: `the memory of ${resource.name} is known only after apply`,
            mend,
            cannotVerify: true,
          };
          break;
        case "known":
          if (typeof memory.value === "number" && memory.value > 0 && memory.value <= MOST_MEMORY) break;
          yield {
            resource,
            message: `${resource.name} has the memory limit ${JSON.stringify(memory.value)}`,
            mend,
          };
          break;
        case "absent":
          yield { resource, message: `${resource.name} has no memory limit`, mend };
      }
    }
  },
};

/** A warning shows in the review and does not block. */
const fewHosts: PolicyRule = {
  id: "team/few-hosts",
  title: "One stack touches at most three hosts",
  level: "warning",
  *check(stack) {
    const hosts = new Set(
      stack.resources.flatMap(({ host, action }) => (host === undefined || action === "no-op" ? [] : [host])),
    );
    if (hosts.size > 3) {
      yield {
        message: `this plan touches ${hosts.size} hosts: ${[...hosts].sort().join(", ")}`,
        mend: "Split the change into several pull requests.",
      };
    }
  },
};

export default definePolicy({
  rules: [memoryLimit, fewHosts],
  acknowledgements: [
    {
      rule: "docker/data-volume",
      // The construct's path, as the review shows it, or the address in Terraform.
      target: "staging-search/old-index",
      stack: "staging-search",
      reason: "The index is built anew from the database within an hour.",
      by: "the search team",
      // The last day on which it counts (UTC). Afterwards the finding blocks again.
      expires: "2027-01-31",
    },
  ],
  // Beside those of Docker, clouds and databases that the package knows.
  dataBearingTypes: ["acme_ledger"],
  // Beside password, token, secret and the like.
  secretNames: [/^ACME_LICENSE$/],
});
