// Every link in a document of the repository leads to a file that is there, and to a heading of it. The pages of the site
// are left to apps/docs/scripts/check-site.mjs, which looks at what becomes of them.
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import MarkdownIt from 'markdown-it';
import { root } from './run-quietly.mjs';
import { documentPaths, report } from './source-files.mjs';

const markdown = new MarkdownIt({ html: true });
const site = 'apps/docs/';
/** path -> ids of its headings, once they were asked for. */
const headings = new Map();

report(
  documentPaths()
    .filter((path) => !path.startsWith(site))
    .flatMap((path) => linksOf(path).flatMap((link) => faultOf(path, link))),
);

function linksOf(path) {
  return inlineTokens(path).flatMap((token) => token.attrGet('href') ?? token.attrGet('src') ?? []);
}

function inlineTokens(path) {
  const tokens = markdown.parse(readFileSync(join(root, path), 'utf8'), {});
  return tokens.flatMap(({ children }) => children ?? []);
}

function faultOf(path, link) {
  if (/^[a-z]+:/.test(link)) return URL.canParse(link) ? [] : [`${path}: ${link} is no URL`];
  const [file, id] = link.split('#');
  const target = file === '' ? path : normalize(join(dirname(path), decodeURIComponent(file)));
  if (!existsSync(join(root, target))) return [`${path}: ${link}: there is no ${target}`];
  if (id === undefined || headingsOf(target).has(decodeURIComponent(id))) return [];
  return [`${path}: ${link}: ${target} has no heading of this name`];
}

function headingsOf(path) {
  const known = headings.get(path);
  if (known !== undefined) return known;
  const tokens = markdown.parse(readFileSync(join(root, path), 'utf8'), {});
  const texts = tokens.flatMap((token, index) => (token.type === 'heading_open' ? [tokens[index + 1].children] : []));
  const ids = new Set(texts.map(idOf));
  headings.set(path, ids);
  return ids;
}

/** As GitHub makes it: small letters, no punctuation, hyphens for blanks. */
function idOf(children) {
  const text = children.map(({ content }) => content).join('');
  return text
    .trim()
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\p{M}_ -]/gu, '')
    .replace(/ /g, '-');
}
