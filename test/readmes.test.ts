import { execFile } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { ChildProgram } from '@sercli/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { documentPaths, importsOf, programsIn, repository, type ShownProgram } from './support/document-programs.ts';

/** How somebody compiles who is strict, and trusts no declarations. */
const compilerOptions = {
  ...{ target: 'es2023', lib: ['es2023'], types: ['node'], module: 'nodenext', moduleResolution: 'nodenext' },
  ...{ strict: true, exactOptionalPropertyTypes: true, noUncheckedIndexedAccess: true, noImplicitOverride: true },
  ...{ noPropertyAccessFromIndexSignature: true, noUnusedLocals: true, verbatimModuleSyntax: true },
  ...{ isolatedModules: true, skipLibCheck: false, rootDir: '.', outDir: 'out' },
};

/** A program of a README has come to its end by then, in milliseconds. */
const runMs = 10_000;

const programs = documentPaths().flatMap(programsIn);
const packages = readdirSync(join(repository, 'packages'))
  .map((folder) => ({ folder, manifest: manifestOf(folder) }))
  .filter(({ manifest }) => manifest.private !== true);

describe('the programs that documents show', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'sercli-test-'));
    await symlink(join(repository, 'node_modules'), join(folder, 'node_modules'));
    await writeFile(join(folder, 'package.json'), '{"type":"module"}');
    await writeFile(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions, include: ['*.ts'] }));
    for (const program of programs) await writeFile(join(folder, `${fileOf(program)}.ts`), program.text);
  });
  afterAll(() => rm(folder, { recursive: true }));

  it('compile where everything is checked', async () => {
    const compiler = join(repository, 'node_modules/.bin/tsc');
    const { stdout } = await promisify(execFile)(compiler, ['-p', folder]).catch((error: { stdout: string }) => error);
    expect(stdout).toBe('');
  });

  it.concurrent.each(packages)(
    '$manifest.name: its first one runs by itself, and prints what is shown',
    async (tested) => {
      const program = firstOf(tested.folder);
      if (program === undefined) throw new Error(`the README of ${tested.manifest.name} has no program in TypeScript`);
      await expectToRun(folder, program);
      const { name, dependencies, peerDependencies } = tested.manifest;
      const installed = [name, ...Object.keys({ ...dependencies, ...peerDependencies })];
      expect(importsOf(program).filter((imported) => !installed.includes(imported))).toEqual([]);
    },
  );

  const first = new Set(packages.map((one) => firstOf(one.folder)?.place));
  const others = programs.filter(({ place, output }) => output !== undefined && !first.has(place));
  it.concurrent.for(others)('$place prints what is shown', async (program) => expectToRun(folder, program));
});

/** Where the output is cut with `...`, anything may stand. */
async function expectToRun(folder: string, program: ShownProgram): Promise<void> {
  const home = join(folder, `home-${fileOf(program)}`);
  await mkdir(join(home, 'run'), { recursive: true, mode: 0o700 });
  const environment = { HOME: home, XDG_RUNTIME_DIR: join(home, 'run'), XDG_CONFIG_HOME: '', XDG_STATE_HOME: '' };
  const args = [join(folder, 'out', `${fileOf(program)}.js`)];
  const running = await ChildProgram.start(process.execPath, args, { environment, directory: home });
  await running.expectExit(0, runMs);
  expect(running.stderr.text).toBe('');
  expect(running.stdout.text).not.toBe('');
  if (program.output === undefined) return;
  const shown = program.output.split('...').map((text) => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  expect(running.stdout.text).toMatch(new RegExp(`^${shown.join('.*')}$`, 's'));
}

/** The first program in the README of a package. */
function firstOf(folder: string): ShownProgram | undefined {
  return programs.find(({ place }) => place.startsWith(`packages/${folder}/README.md:`));
}

function fileOf({ place }: ShownProgram): string {
  return place.replaceAll(/[^\w]/g, '-');
}

interface Manifest {
  readonly name: string;
  readonly private?: boolean;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
}

function manifestOf(folder: string): Manifest {
  return JSON.parse(readFileSync(join(repository, 'packages', folder, 'package.json'), 'utf8'));
}
