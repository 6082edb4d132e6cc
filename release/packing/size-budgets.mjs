import { installedBytes } from './installed-bytes.mjs';

// How large each package may be, in kB of 1000 bytes: as it is fetched, and as it lies on the disk. About a third more
// than it was when the number was set; who raises one says why in the commit.

const budgets = {
  '@sercli/protocol': { packedKb: 220, unpackedKb: 1000 },
  '@sercli/tty': { packedKb: 75, unpackedKb: 280 },
  '@sercli/discovery': { packedKb: 75, unpackedKb: 320 },
  '@sercli/link': { packedKb: 180, unpackedKb: 750 },
  '@sercli/virtual-port': { packedKb: 50, unpackedKb: 200 },
  '@sercli/client': { packedKb: 170, unpackedKb: 750 },
  '@sercli/agent': { packedKb: 550, unpackedKb: 2200 },
  sercli: { packedKb: 850, unpackedKb: 3700 },
};

/** What `npm install --global sercli` puts on the disk, with everything that it depends on. */
const installedProgramKb = 13_000;

const none = { packedKb: 0, unpackedKb: 0 };

/** One row of the table of sizes, and what is over its budget. */
export function sizeOf({ name, version, files, packedBytes, unpackedBytes }) {
  const budget = budgets[name] ?? none;
  const packedKb = Math.ceil(packedBytes / 1000);
  const unpackedKb = Math.ceil(unpackedBytes / 1000);
  const row = {
    package: name,
    version,
    files: files.length,
    'packed kB': packedKb,
    'at most': budget.packedKb,
    'unpacked kB': unpackedKb,
    'at most ': budget.unpackedKb,
  };
  const faults = [
    ...(budget === none ? ['it has no size budget; set one in release/packing/size-budgets.mjs'] : []),
    ...overBudget('packed', packedKb, budget.packedKb),
    ...overBudget('unpacked', unpackedKb, budget.unpackedKb),
  ];
  return { row, faults };
}

export function installSizeOf(folder) {
  const kb = Math.ceil(installedBytes(folder) / 1000);
  return {
    row: { 'npm install --global': 'sercli', 'installed kB': kb, 'at most': installedProgramKb },
    faults: overBudget('installed', kb, installedProgramKb).map((fault) => `sercli: ${fault}`),
  };
}

function overBudget(what, kb, mostKb) {
  if (kb <= mostKb) return [];
  return [
    `it has ${kb} kB ${what}, ${mostKb} kB at most; make it smaller or raise the budget in release/packing/size-budgets.mjs`,
  ];
}
