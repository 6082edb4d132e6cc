// Every link of the built site leads somewhere: to a page, and on it to what has that id. VitePress itself looks at
// pages alone, and only at links that stand in Markdown. Links to other sites have the form of a URL.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const site = fileURLToPath(new URL('../.vitepress/dist', import.meta.url));
const files = readdirSync(site, { recursive: true }).filter((name) => name.endsWith('.html'));
/** `/guide/start` -> what can be linked to on the page. */
const pages = new Map(files.map((file) => [pathOf(file), readPage(join(site, file))]));

const faults = [...pages].flatMap(([path, { links }]) =>
  [...links].flatMap((link) => {
    const fault = faultOf(path, link);
    return fault === undefined ? [] : [`${path}: ${link}: ${fault}`];
  }),
);
for (const fault of faults) console.log(fault);
console.log(`${faults.length} broken links on ${pages.size} pages`);
process.exitCode = faults.length === 0 ? 0 : 1;

function pathOf(file) {
  return `/${file.replace(/(index)?\.html$/, '')}`;
}

function readPage(file) {
  const html = readFileSync(file, 'utf8');
  const values = (name) =>
    [...html.matchAll(new RegExp(`\\s${name}="([^"]*)"`, 'g'))].map(([, value]) => decode(value));
  return { ids: new Set(values('id')), links: new Set([...values('href'), ...values('src')]) };
}

function decode(text) {
  return text
    .replace(/&quot;/g, '"')
    .replace(/&#39;/g, "'")
    .replace(/&lt;/g, '<')
    .replace(/&gt;/g, '>')
    .replace(/&amp;/g, '&');
}

function faultOf(path, link) {
  if (/^[a-z]+:/.test(link)) return URL.canParse(link) ? undefined : 'this is no URL';
  const base = new URL(path, 'http://site');
  const { pathname, hash } = new URL(link, base);
  const target = decodeURIComponent(pathname);
  const page = pages.get(target.replace(/\.html$/, ''));
  if (page === undefined) return isFile(target) ? undefined : 'there is no such page';
  if (hash === '' || page.ids.has(decodeURIComponent(hash.slice(1)))) return undefined;
  return 'nothing there has this id';
}

function isFile(path) {
  const file = join(site, path);
  return dirname(file).startsWith(site) && existsSync(file) && /\.\w+$/.test(path);
}
