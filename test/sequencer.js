const Sequencer = require("@jest/test-sequencer").default;

/**
 * The order of the engines ring, whose tests two workers take one after the other: first the one that takes longest, beside
 * which there is time for nearly all others; then those on this machine's own engine, which wait for each other; then those
 * on hosts of their own.
 */
const FIRST = ["fleet/fleet", "engines/local", "engines/container", "engines/plan-reads-only"];

const place = ({ path }) => {
  const found = FIRST.findIndex((each) => path.endsWith(`/${each}.test.ts`));
  return found === -1 ? FIRST.length : found;
};

module.exports = class extends Sequencer {
  sort(tests) {
    return [...super.sort(tests)].sort((one, other) => place(one) - place(other));
  }
};
