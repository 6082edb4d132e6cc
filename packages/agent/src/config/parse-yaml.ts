import { reasonOf } from '@sercli/protocol';
import { type Document, LineCounter, parseDocument, visit } from 'yaml';
import { ConfigNode } from './config-node.ts';
import type { ConfigProblem } from './config-problems.ts';

/**
 * How many nodes aliases may stand for in all. A file of a few lines whose aliases stand for aliases would otherwise
 * grow without a bound ("billion laughs").
 */
const mostAliased = 1000;

/** So many sequences or keys that begin in one line: the parser takes memory in the square of their number. */
const deepLine = /^(?:[ \t]*[-?][ \t]){64}/m;

/**
 * Reads YAML 1.2 with its core schema: text, numbers, true, false, null, mappings and sequences. Anchors and aliases
 * work; other tags, several documents and merge keys do not. What is wrong is added to `problems`.
 */
export function parseYaml(text: string, problems: ConfigProblem[]): ConfigNode {
  const lines = new LineCounter();
  const deep = deepLine.exec(text);
  if (deep !== null) {
    const line = text.slice(0, deep.index).split('\n').length;
    problems.push({ line, column: 1, key: 'the file', problem: 'is nested too deeply' });
    return parseYaml('', problems);
  }
  const document = parseDocument(text, {
    version: '1.2',
    schema: 'core',
    resolveKnownTags: false,
    // Keys that are given twice are reported by those who know the keys.
    uniqueKeys: false,
    prettyErrors: false,
    logLevel: 'error',
    lineCounter: lines,
  });
  problems.push(...yamlProblems(document, lines));
  if (problems.length === 0) problems.push(...aliasProblems(document, lines));
  return new ConfigNode({ document, lines, problems }, document.contents);
}

function yamlProblems({ errors, warnings }: Document, lines: LineCounter): ConfigProblem[] {
  // What the parser says besides, when it gives up a text that is nested too deeply, only follows from it.
  const exhaustion = errors.find(({ code }) => code === 'RESOURCE_EXHAUSTION');
  const faults = exhaustion === undefined ? [...errors, ...warnings] : [exhaustion];
  return faults.map(({ code, message, pos }) => {
    const { line, col } = lines.linePos(pos[0]);
    return { line, column: col, key: 'the file', problem: yamlTexts[code] ?? `is not YAML: ${message}` };
  });
}

const yamlTexts: Partial<Record<string, string>> = {
  MULTIPLE_DOCS: 'holds a second document; remove the line with ---',
  RESOURCE_EXHAUSTION: 'is nested too deeply',
  TAB_AS_INDENT: 'is indented with a tab; YAML wants spaces',
  TAG_RESOLVE_FAILED: 'has a tag, which means nothing here; remove the word that begins with !',
};

function aliasProblems(document: Document, lines: LineCounter): ConfigProblem[] {
  try {
    document.toJS({ maxAliasCount: mostAliased });
    return [];
  } catch (error) {
    const { line, col } = lines.linePos(offsetOfUnresolvedAlias(document) ?? 0);
    return [
      { line, column: col, key: 'the file', problem: `has an alias that cannot be followed: ${reasonOf(error)}` },
    ];
  }
}

function offsetOfUnresolvedAlias(document: Document): number | undefined {
  let offset: number | undefined;
  visit(document, {
    Alias: (_key, alias) => {
      if (alias.resolve(document) !== undefined) return undefined;
      offset = alias.range?.[0];
      return visit.BREAK;
    },
  });
  return offset;
}
