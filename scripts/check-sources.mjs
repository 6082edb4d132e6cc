// Rules of this code base that no linter knows.
import { basename } from 'node:path';
import { report, sourceFiles } from './source-files.mjs';

const folders = ['packages', 'scripts', 'release', 'test', 'apps', 'bench'];
const maxLines = 300;
const vagueNames = /^(utils?|helpers?|common|misc|types|shared)\.[a-z.]+$/;

const forbidden = [
  {
    // The kill() of what node-pty's open() returns is kill(-1): it signals every process of the machine.
    pattern: /\bpty\.open\(/,
    reason: 'open() of node-pty is forbidden; use openPty of @sercli/tty',
  },
  { pattern: /\b(TODO|FIXME|XXX)\b/, reason: 'unfinished work does not stay in the tree' },
  { pattern: /\b(describe|it|test|suite)\.only\(/, reason: '.only( hides all other tests' },
  { pattern: /catch\s*(\([^)]*\)\s*)?\{\s*\}/, reason: 'an empty catch hides a failure' },
  { pattern: /\.catch\(\s*\(\w*\)\s*=>\s*\{\s*\}\s*\)/, reason: 'an empty catch hides a failure' },
];

report(folders.flatMap((folder) => sourceFiles(folder).flatMap(faultsOf)));

function faultsOf({ path, text }) {
  const lines = text.split('\n');
  const found = [];
  if (lines.length - 1 > maxLines) found.push(`${path}: ${lines.length - 1} lines, ${maxLines} at most`);
  if (vagueNames.test(basename(path))) found.push(`${path}: the name says nothing; name the file after its idea`);
  if (path === 'scripts/check-sources.mjs') return found;
  for (const { pattern, reason } of forbidden) {
    const match = pattern.exec(text);
    if (match === null) continue;
    found.push(`${path}:${text.slice(0, match.index).split('\n').length}: ${reason}`);
  }
  return found;
}
