import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ChildProgram, requires } from '@sercli/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { faultsOf, fileLanguages, isRun, isStep } from './support/documents/block-rules.ts';
import { commandsOf } from './support/documents/command-lines.ts';
import { type Block, readDocuments } from './support/documents/documents.ts';
import { examples, withoutExamples } from './support/documents/examples.ts';
import { DocumentedMachines } from './support/documents/machines.ts';
import { unknownIn } from './support/documents/named-commands.ts';
import { PageRun } from './support/documents/page-run.ts';
import { sercliProgram } from './support/sercli-program.ts';
import { userRequirements } from './support/two-machines.ts';

/** How long a page may take on a busy machine, with others beside it, in milliseconds. */
const pageTimeoutMs = 180_000;

const documents = readDocuments();
const files: Block[] = documents.flatMap(({ blocks }) =>
  blocks.filter((block) => isRun(block) && fileLanguages.some((name) => name === block.language)),
);

describe('the documents', () => {
  it('have no block that is neither run nor marked', () => {
    expect(documents.flatMap(({ blocks }) => blocks.flatMap(faultsOf))).toEqual([]);
  });
});

describe('the commands of sercli that the documents name', () => {
  it.each(documents)('in $path are there, and so are their flags', ({ blocks, codes }) => {
    const unrun = blocks.filter((block) => !isRun(block) && block.language !== 'ts' && block.language !== 'js');
    const commands = codes.filter((code) => code.startsWith('sercli '));
    const lines = unrun.flatMap(({ text }) => text.split('\n')).filter((line) => /^(sudo )?sercli /.test(line));
    expect([...commands, ...lines].flatMap(unknownIn)).toEqual([]);
  });
});

describe('the files that the documents show', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'sercli-test-'));
  });
  afterAll(() => rm(folder, { recursive: true }));
  const command = (language: string, file: string): string[] =>
    language === 'yaml' ? ['agent', '--check', '--config', file] : ['import', file];

  it.concurrent.each(files)('$place', async ({ place, language, text }) => {
    const file = join(folder, place.replaceAll('/', '-'));
    await writeFile(file, text);
    const program = await ChildProgram.start(sercliProgram, command(language, file));
    await program.expectExit(0);
  });
});

const programs = [...userRequirements.programs, 'nsenter', 'curl', 'openssl', 'socat', 'minicom', 'avrdude'];
requires({ ...userRequirements, programs })('the commands', () => {
  const pages = documents.filter(({ blocks }) => blocks.some((block) => isStep(block) && !block.isHidden));

  // Most of the time is spent waiting: for mDNS, for a network that comes up.
  it.concurrent.each(pages)(
    'of $path do what it says',
    async ({ blocks }) => {
      const machines = await DocumentedMachines.make();
      const run = new PageRun(machines);
      try {
        const known = await examples(machines);
        for (const block of blocks.filter(isStep)) {
          for (const command of commandsOf(block)) {
            await run.type(withoutExamples(command, known)).catch((cause: Error) => {
              throw new Error(`${block.place}: ${command.line}: ${cause.message}`, { cause });
            });
          }
        }
      } finally {
        await run.close();
        await machines.close();
      }
    },
    pageTimeoutMs,
  );
});
