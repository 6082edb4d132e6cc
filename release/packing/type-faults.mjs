import { checkPackage } from '@arethetypeswrong/core';
import { filterProblems } from '@arethetypeswrong/core/problems';

/** Our packages are ES modules: how TypeScript resolves `require` of CommonJS and of Node 10 says nothing of them. */
const resolutionKinds = ['node16-esm', 'bundler'];

/** What Are the types wrong? finds (its profile esm-only); a program without an entry has no types. */
export async function typeFaults({ manifest, contents }) {
  if (Object.keys(manifest.exports ?? {}).every((entry) => entry === './package.json')) return [];
  const analysis = await checkPackage(contents);
  if (analysis.types === false) return ['it has no types'];
  const problems = resolutionKinds.flatMap((resolutionKind) => filterProblems(analysis, { resolutionKind }));
  return [...new Set(problems.map(sentence))];
}

function sentence({ kind, entrypoint, resolutionKind }) {
  const where =
    entrypoint === undefined ? '' : ` at the entry ${entrypoint}${resolutionKind ? ` (${resolutionKind})` : ''}`;
  return `the types are wrong${where}: ${kind}`;
}
