import { reasonOf } from '@sercli/protocol';
import type { NamedFiles } from './statement.ts';

/** Texts by the names that `define` gave them. */
export type Aliases = Map<string, string>;

/** A text does not grow beyond it, in characters; definitions that name each other would double it again and again. */
const longestText = 64 * 1024;

export interface Substitution {
  readonly aliases: Aliases;
  readonly files: NamedFiles;
  report(what: string, problem: string): void;
  /** Makes what is thrown for a text that grows too long. */
  tooLong(): Error;
}

/**
 * Puts in what a text names: `*(alias)` and `*{file}`, in version 2 of the format `=(alias)` and `={file}`. `*(*` is the
 * text `*(`.
 */
export function substitute(text: string, marker: '*' | '=', { aliases, files, report, tooLong }: Substitution): string {
  const named = marker === '*' ? /\*(?:\((\*)?|\{(\*)?)/g : /=(?:\((=)?|\{(=)?)/g;
  let result = '';
  let at = 0;
  for (;;) {
    named.lastIndex = at;
    const found = named.exec(text);
    if (found === null) break;
    const open = found[0].charAt(1);
    result += text.slice(at, found.index);
    at = found.index + found[0].length;
    if (found[1] !== undefined || found[2] !== undefined) {
      result += `${marker}${open}`;
      continue;
    }
    const end = text.indexOf(open === '(' ? ')' : '}', at);
    const name = text.slice(at, end < 0 ? text.length : end);
    at = end < 0 ? text.length : end + 1;
    result += open === '(' ? aliasNamed(name, aliases, report) : contentOf(name, files, report);
    if (result.length > longestText) throw tooLong();
  }
  return result + text.slice(at);
}

function aliasNamed(name: string, aliases: Aliases, report: Substitution['report']): string {
  const text = aliases.get(name);
  if (text === undefined) report(`alias ${name}`, 'is left out: no define above is called so');
  return text ?? '';
}

function contentOf(path: string, files: NamedFiles, report: Substitution['report']): string {
  try {
    return files.read(path).replace(/\r?\n$/, '');
  } catch (error) {
    report(`file ${path}`, `is left out: ${reasonOf(error)}`);
    return '';
  }
}
