// Whether the changesets that wait raise all that they have to (scripts/changeset-faults.mjs).
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { changesetFaults } from './changeset-faults.mjs';
import { root } from './run-quietly.mjs';
import { report } from './source-files.mjs';

const names = readdirSync(join(root, '.changeset')).filter((name) => name.endsWith('.md') && name !== 'README.md');
report(
  changesetFaults(
    Object.fromEntries(
      names.map((name) => [`.changeset/${name}`, readFileSync(join(root, '.changeset', name), 'utf8')]),
    ),
  ),
);
