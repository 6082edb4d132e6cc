import { parseArgs } from 'node:util';
import { chainTable } from './chains/chain-table.mjs';
import { rowNames } from './rows/group-table.mjs';

const options = {
  quick: { type: 'boolean', default: false },
  only: { type: 'string' },
  chains: { type: 'string' },
  rounds: { type: 'string' },
  seed: { type: 'string' },
  json: { type: 'boolean', default: false },
  help: { type: 'boolean', short: 'h', default: false },
};

export const usage = `npm run bench [-- OPTIONS]: sercli beside ser2net and socat, measured in turns.
  --quick          under two minutes; says little of tails
  --only ROWS      ${rowNames.join(', ')}
  --chains CHAINS  ${Object.keys(chainTable).join(', ')}
  --rounds N       how often each row is measured on each chain
  --seed N         of the order in which rows and chains take turns
  --json           results on standard output as JSON, and no table`;

/** @throws Error that says what is wrong with the command line */
export function parseArguments(args) {
  const { values } = parseArgs({ args, options });
  return {
    isQuick: values.quick,
    isJson: values.json,
    wantsHelp: values.help,
    rows: chosen('row', values.only, rowNames),
    chains: chosen('chain', values.chains, Object.keys(chainTable)),
    rounds: values.rounds === undefined ? undefined : positive('--rounds', values.rounds),
    seed: values.seed === undefined ? Date.now() % 1_000_000 : positive('--seed', values.seed),
  };
}

/** A name stands for itself, or else for all that begin with it: `bulk`. */
function chosen(what, text, known) {
  if (text === undefined) return known;
  const wishes = text.split(',');
  const found = wishes.flatMap((wish) => {
    const names = known.includes(wish) ? [wish] : known.filter((name) => name.startsWith(wish));
    if (names.length === 0) throw new Error(`there is no ${what} "${wish}"; there are ${known.join(', ')}`);
    return names;
  });
  return known.filter((name) => found.includes(name));
}

function positive(option, text) {
  const number = Number(text);
  if (Number.isInteger(number) && number > 0) return number;
  throw new Error(`${option} "${text}" is no whole number above 0`);
}
