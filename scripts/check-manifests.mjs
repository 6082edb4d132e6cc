// Whether what is published says of itself what it should (scripts/manifest-faults.mjs).
import { existsSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { manifestIn, publicPackages } from '../release/public-packages.mjs';
import { manifestFaults } from './manifest-faults.mjs';
import { root } from './run-quietly.mjs';
import { report } from './source-files.mjs';

const packages = publicPackages(root);
const workspace = {
  engines: manifestIn(root).engines,
  licence: readFileSync(join(root, 'LICENSE'), 'utf8'),
  versions: Object.fromEntries(packages.map(({ manifest }) => [manifest.name, manifest.version])),
};
report(
  packages.flatMap(({ folder, manifest }) => {
    const path = join(folder, 'LICENSE');
    const licence = existsSync(path) ? readFileSync(path, 'utf8') : undefined;
    return manifestFaults({ folder: basename(folder), manifest, licence }, workspace);
  }),
);
