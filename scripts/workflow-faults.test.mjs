import { expect, it } from 'vitest';
import { workflowFaults } from './workflow-faults.mjs';

const commit = '08c6903cd8c0fde910a37f88322edcfb5dd907a8';
const faultsOf = (action, more = '') =>
  workflowFaults(
    'ci.yml',
    `on: push\njobs:\n  test:\n    runs-on: ubuntu-latest\n    steps:\n      - uses: ${action}\n${more}`,
  );

it('accepts an action that is pinned by commit and tag, and one of the tree', async () => {
  expect(await faultsOf(`actions/checkout@${commit} # v5.0.0`)).toEqual([]);
  expect(await faultsOf('./.github/actions/own')).toEqual([]);
});

it.each(['actions/checkout@v5', `actions/checkout@${commit}`, 'actions/checkout@08c6903 # v5.0.0'])(
  'says which is not: %s',
  async (action) => {
    expect(await faultsOf(action)).toEqual([expect.stringMatching(/^ci.yml:6: actions\/checkout@.* is to be pinned/)]);
  },
);

it('says what actionlint finds', async () => {
  const faults = await faultsOf(`actions/checkout@${commit} # v5.0.0`, `      - run: echo \${{ matrix.node }}\n`);
  expect(faults).toEqual([expect.stringMatching(/^ci.yml:7: property "node" is not defined/)]);
});
