import { fileFaults } from './file-faults.mjs';
import { readPackedPackage } from './packed-package.mjs';
import { publintFaults } from './publint-faults.mjs';
import { sizeOf } from './size-budgets.mjs';
import { typeFaults } from './type-faults.mjs';

/** Everything that is said of one packed file: its row in the table of sizes, and faults that begin with its name. */
export async function checkPacked(path) {
  const packed = readPackedPackage(path);
  const { row, faults } = sizeOf(packed);
  const found = [
    ...faults,
    ...fileFaults(packed),
    ...(await publintFaults(path, packed.manifest)),
    ...(await typeFaults(packed)),
  ];
  return { row, faults: found.map((fault) => `${packed.name}: ${fault}`) };
}
