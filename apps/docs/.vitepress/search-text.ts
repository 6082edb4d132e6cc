import type MarkdownIt from 'markdown-it';
import type { MarkdownEnv } from 'vitepress';
import keysOfConfig from '../reference/config.data.ts';
import errors from '../reference/errors.data.ts';
import limits from '../reference/limits.data.ts';

/** A row of a table that is no Markdown: it has a name, an id on its page, and a text. */
interface Row {
  readonly name: string;
  readonly text: string;
}

/** The search sees Markdown alone, and not what pages make of data: an error is looked up by its code. */
const rowsOfPages: Readonly<Record<string, () => readonly Row[]>> = {
  'reference/errors.md': () =>
    errors.load().map(({ code, means, remedy, template }) => ({ name: code, text: `${means} ${remedy} ${template}` })),
  'reference/config.md': () => keysOfConfig.load().map(({ path, description }) => ({ name: path, text: description })),
  'reference/limits.md': () => {
    const { ofAgents, ofTheProtocol } = limits.load();
    return [...ofAgents, ...ofTheProtocol].map(({ name, bounds }) => ({ name, text: bounds }));
  },
};

/** What of a page can be found: nothing of what TypeDoc makes, which is more than all the rest and would hide it. */
export function searchText(text: string, env: MarkdownEnv, md: MarkdownIt): string {
  if (env.relativePath.startsWith('reference/api/')) return '';
  const rows = rowsOfPages[env.relativePath]?.() ?? [];
  return [md.render(text, env), ...rows.map((row) => asSection(row, md.utils.escapeHtml))].join('\n');
}

/** The search links to the heading above what it has found. */
function asSection({ name, text }: Row, escapeHtml: (text: string) => string): string {
  return `<h3 id="${name}">${escapeHtml(name)} <a href="#${name}">#</a></h3><p>${escapeHtml(text)}</p>`;
}
