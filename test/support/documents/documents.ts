import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import MarkdownIt from 'markdown-it';
import { type BlockInfo, parseBlockInfo } from '../../../apps/docs/.vitepress/block-info.ts';

/** The top of the repository. */
export const root: string = fileURLToPath(new URL('../../..', import.meta.url));

/** A code block of a document. */
export interface Block extends BlockInfo {
  /** Where it stands, for people: `README.md:12`. */
  readonly place: string;
  readonly text: string;
  /** It is no part of the page: a comment `<!-- run on MACHINE: COMMAND -->`, which prepares what the page takes for granted. */
  readonly isHidden: boolean;
}

export interface Document {
  /** From the top of the repository. */
  readonly path: string;
  readonly blocks: readonly Block[];
  /** What stands in its text as code. */
  readonly codes: readonly string[];
}

/** What is installed, built or written by others, and what tools of the repository keep for themselves. */
const skipped = new Set(['node_modules', 'dist', 'bundle', 'cache', 'api', 'CHANGELOG.md']);

const hiddenRun = /^<!-- run on (\w+): (.+) -->$/gm;

/** Every document of the repository. */
export function readDocuments(): Document[] {
  return markdownFiles(root).map((path) => {
    const text = readFileSync(join(root, path), 'utf8');
    return { path, blocks: blocksOf(path, text), codes: codesOf(text) };
  });
}

function markdownFiles(directory: string): string[] {
  return readdirSync(directory, { withFileTypes: true }).flatMap((entry) => {
    if (skipped.has(entry.name) || (entry.name.startsWith('.') && entry.isDirectory())) return [];
    const path = join(directory, entry.name);
    if (entry.isDirectory()) return markdownFiles(path);
    return entry.name.endsWith('.md') ? [relative(root, path)] : [];
  });
}

function codesOf(text: string): string[] {
  const tokens = new MarkdownIt({ html: true }).parse(text, {}).flatMap(({ children }) => children ?? []);
  return tokens.filter(({ type }) => type === 'code_inline').map(({ content }) => content);
}

export function blocksOf(path: string, text: string): Block[] {
  return new MarkdownIt({ html: true }).parse(text, {}).flatMap(({ type, info, content, map }) => {
    const place = `${path}:${(map?.[0] ?? 0) + 1}`;
    if (type === 'html_block') return hiddenBlocks(place, content);
    if (type !== 'fence' && type !== 'code_block') return [];
    return [{ place, text: content, isHidden: false, ...infoAt(place, info) }];
  });
}

function infoAt(place: string, info: string): BlockInfo {
  try {
    return parseBlockInfo(info);
  } catch (error) {
    throw new Error(`${place}: ${error instanceof Error ? error.message : error}`);
  }
}

function hiddenBlocks(place: string, html: string): Block[] {
  return [...html.matchAll(hiddenRun)].map(([, machine = '', command = '']) => ({
    place,
    text: command,
    isHidden: true,
    language: 'sh',
    attributes: new Map([['on', machine]]),
  }));
}
