import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The packages of a tree that are published, each after all those of ours that it depends on: `{ folder, manifest }`. */
export function publicPackages(root) {
  const all = readdirSync(join(root, 'packages'))
    .map((name) => ({ folder: join(root, 'packages', name), manifest: manifestIn(join(root, 'packages', name)) }))
    .filter(({ manifest }) => manifest.private !== true);
  const ordered = new Set();
  const add = (each) => {
    for (const name of Object.keys(each.manifest.dependencies ?? {})) {
      const dependency = all.find(({ manifest }) => manifest.name === name);
      if (dependency !== undefined) add(dependency);
    }
    ordered.add(each);
  };
  for (const each of all) add(each);
  return [...ordered];
}

export function manifestIn(folder) {
  return JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
}
