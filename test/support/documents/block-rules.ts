import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Block, root } from './documents.ts';

/** Whose blocks are run: commands, and commands with what they print. */
export const commandLanguages = ['sh', 'console'] as const;

/** Whose blocks are handed to sercli as files. */
export const fileLanguages = ['yaml', 'ser2net'] as const;

/** Where there is nothing to run. Programs in js and ts are run with the package that they show. */
const silentLanguages = ['text', 'ini', 'json', 'jsonc', 'js', 'ts', 'c'];

export const machineNames = ['laptop', 'SerialMachine'] as const;

export type MachineName = (typeof machineNames)[number];

const attributesOf: Readonly<Record<string, readonly string[]>> = {
  sh: ['on', 'exits', 'not-run', 'run-by'],
  console: ['on', 'exits', 'not-run', 'run-by'],
  yaml: ['on', 'file', 'not-run', 'run-by'],
  ser2net: ['on', 'file', 'not-run', 'run-by'],
};

/** The rehearsal of a release (scripts) installs each package alone. */
const ownInstallation = /^npm install (?:@sercli\/)?[\w-]+\n?$/;

/** What looks like something to type, in a block of which nothing is run. */
const commandPattern = /^(?:\w+)?\$ |^(?:sudo )?(?:sercli|npm|npx|apt-get|systemctl|socat|minicom) [a-z-]/m;

/** Whether it is part of what is done on the machines, in the order of the page: commands, and files that they read. */
export function isStep(block: Block): boolean {
  return isRun(block) && (commandLanguages.some((name) => name === block.language) || block.attributes.has('file'));
}

/** Whether the tests run it themselves. The others say who does, or why nobody does. */
export function isRun({ language, attributes, text }: Block): boolean {
  if (ownInstallation.test(text)) return false;
  const isRunnable = [...commandLanguages, ...fileLanguages].some((name) => name === language);
  return isRunnable && !attributes.has('not-run') && !attributes.has('run-by');
}

/** Why nobody could say whether this block is right; nothing if all is well. */
export function faultsOf(block: Block): string[] {
  const { language, attributes, text, place } = block;
  if (ownInstallation.test(text)) return [];
  const allowed = attributesOf[language];
  if (allowed === undefined && !silentLanguages.includes(language)) {
    const known = [...Object.keys(attributesOf), ...silentLanguages].join(', ');
    return [`${place}: a block of "${language}" is neither run nor marked; say which of ${known} it is`];
  }
  if (allowed === undefined && commandPattern.test(text)) {
    return [`${place}: a block of ${language} has a command, which nothing runs; make it sh or console`];
  }
  const unknown = [...attributes.keys()].filter((name) => !allowed?.includes(name));
  const machine = attributes.get('on');
  return [
    ...unknown.map((name) => `${place}: ${name} says nothing of a block of ${language}`),
    ...(machine === undefined || isMachineName(machine) ? [] : [`${place}: there is no machine ${machine}`]),
    ...faultsOfRunBy(block),
  ];
}

/** The test that a block names has to have what the block shows, word by word. */
function faultsOfRunBy({ attributes, text, place }: Block): string[] {
  const path = attributes.get('run-by');
  if (path === undefined) return [];
  if (!existsSync(join(root, path))) return [`${place}: there is no ${path}`];
  const test = readFileSync(join(root, path), 'utf8');
  const lines = text.split('\n').map((line) => line.replace(/\s+#.*/, '').trim());
  return lines.filter((line) => !test.includes(line)).map((line) => `${place}: ${path} does not run "${line}"`);
}

export function isMachineName(name: string): name is MachineName {
  return machineNames.some((known) => known === name);
}
