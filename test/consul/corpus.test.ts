import { AGENT_OPTIONS } from "../../constructs/consul/agent-options";
import { CONSUL_MINORS } from "../../constructs/consul/consul-versions";
import { keysOf, renderAgentConfiguration } from "../../constructs/consul/render-agent-configuration";
import { knownTo } from "../../constructs/consul/option";
import { at, corpus, SAMPLES } from "./agent-samples";

const names = (options: readonly { props: readonly string[] }[]) =>
  options.map(({ props }) => props.join(".")).sort();

describe("the corpus of configurations", () => {
  test("has a sample for every option", () => {
    expect(names(AGENT_OPTIONS.filter(({ props }) => at(SAMPLES, props) === undefined))).toEqual([]);
  });

  test.each(CONSUL_MINORS.map(({ minor }) => `${minor}.99`))(
    "has every option of Consul %s in a scene that renders",
    (version) => {
      const scenes = corpus(version);
      const covered = new Set(scenes.flatMap(({ options }) => names(options)));
      expect([...covered].sort()).toEqual(names(AGENT_OPTIONS.filter((option) => knownTo(option, version))));
      for (const { config, options } of scenes) {
        const written: unknown = JSON.parse(renderAgentConfiguration(config, { version }));
        for (const option of options) {
          expect([option.keys, at(written, keysOf(option, version))]).not.toEqual([option.keys, undefined]);
        }
      }
    },
  );
});
