import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const repository: string = fileURLToPath(new URL('../..', import.meta.url));

/** A program in TypeScript that a document shows. */
export interface ShownProgram {
  /** `packages/tty/README.md:12`, its first line. */
  readonly place: string;
  readonly text: string;
  /** What stands in the block of text behind it, before the next program: what it prints. */
  readonly output: string | undefined;
}

interface Block {
  readonly language: string;
  readonly text: string;
  readonly line: number;
}

/** Every document of the repository, but what is generated. */
export function documentPaths(): string[] {
  const files = ['ls-files', '--cached', '--others', '--exclude-standard', '*.md'];
  const paths = execFileSync('git', files, { cwd: repository, encoding: 'utf8' }).split('\n');
  return paths.filter((path) => path !== '' && !path.endsWith('CHANGELOG.md'));
}

/** The programs of a document, in their order. */
export function programsIn(path: string): ShownProgram[] {
  const blocks = blocksOf(readFileSync(join(repository, path), 'utf8'));
  return blocks.flatMap(({ language, text, line }, index) => {
    if (language !== 'ts') return [];
    const next = blocks[index + 1];
    return [{ place: `${path}:${line}`, text, output: next?.language === 'text' ? next.text : undefined }];
  });
}

/** Names of the packages that a program imports; those of Node are left out. */
export function importsOf({ text }: ShownProgram): string[] {
  const specifiers = [...text.matchAll(/\bfrom\s+'([^']+)'|\bimport\s*\(?\s*'([^']+)'/g)].map(
    ([, one, other]) => one ?? other ?? '',
  );
  return specifiers
    .filter((name) => !name.startsWith('node:'))
    .map((name) => /^(@[^/]+\/)?[^/]+/.exec(name)?.[0] ?? name);
}

/** Fenced code blocks (CommonMark 4.5); the language is the first word of the info string. */
function blocksOf(markdown: string): Block[] {
  const fences = /^```([^\s`]*)[^\n]*\n(.*?)^```$/gms;
  return [...markdown.matchAll(fences)].map(({ 1: language = '', 2: text = '', index }) => ({
    language,
    text,
    line: markdown.slice(0, index).split('\n').length + 1,
  }));
}
