import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { publicPackages } from '../public-packages.mjs';
import { runProgram } from './run-program.mjs';

/** Raises versions as the release workflow does: every package, since what is rehearsed is the release of all. */
export async function raiseVersions(copy) {
  const before = publicPackages(copy);
  const raises = before.map(({ manifest: { name } }, index) => `"${name}": ${index === 0 ? 'minor' : 'patch'}`);
  const changeset = `---\n${raises.join('\n')}\n---\n\nRehearsed a release.\n`;
  writeFileSync(join(copy, '.changeset', 'rehearsal.md'), changeset);
  await runProgram('npm run version', 'npm', ['run', '--silent', 'version'], { cwd: copy });
  for (const [index, { folder, manifest }] of publicPackages(copy).entries()) {
    const { version } = before[index].manifest;
    if (manifest.version === version) throw new Error(`${manifest.name}: its version was not raised from ${version}`);
    if (!existsSync(join(folder, 'CHANGELOG.md'))) throw new Error(`${manifest.name}: no CHANGELOG.md was written`);
  }
  const left = readdirSync(join(copy, '.changeset')).filter((name) => name.endsWith('.md') && name !== 'README.md');
  if (left.length > 0) throw new Error(`npm run version left changesets behind: ${left.join(', ')}`);
  for (const check of ['check-manifests', 'check-lockfile']) {
    await runProgram('what npm run version has written', process.execPath, [join('scripts', `${check}.mjs`)], {
      cwd: copy,
    });
  }
}

/** The first half of `npm run release`. */
export async function packCopy(copy) {
  await runProgram('npm run release:pack', 'npm', ['run', '--silent', 'release:pack'], { cwd: copy, show });
  return publicPackages(copy).map(({ manifest }) => manifest);
}

/** The other half, to the registry on loopback. */
export async function publishCopy(copy, registry, npmrc) {
  const host = registry.replace('http:', '');
  // npm insists on a token, and this registry on none.
  writeFileSync(npmrc, `registry=${registry}\n${host}:_authToken=rehearsal\n`);
  const env = { ...process.env, npm_config_registry: registry, npm_config_userconfig: npmrc, GITHUB_OUTPUT: '' };
  const publish = join('release', 'publish.mjs');
  await runProgram('npm run release', process.execPath, [publish], { cwd: copy, env });
}

function show(text) {
  process.stdout.write(text);
}
