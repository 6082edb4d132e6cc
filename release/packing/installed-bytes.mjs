import { lstatSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

/** How many bytes the files below a folder have. */
export function installedBytes(folder) {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .reduce((sum, entry) => sum + lstatSync(join(entry.parentPath, entry.name)).size, 0);
}
