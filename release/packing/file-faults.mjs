/** npm packs the licence and the README from nowhere but the package's own folder. */
const required = ['package.json', 'README.md', 'LICENSE'];

const unwanted = [
  { pattern: /\.test\./, reason: 'a test' },
  { pattern: /(^|\/)(testing|test|tests)\//, reason: 'for tests only' },
  { pattern: /\.tsbuildinfo$/, reason: 'what the compiler keeps for its next run' },
  { pattern: /(^|\/)node_modules\//, reason: 'a package of its own' },
  { pattern: /(^|\/)\.[^/]+$/, reason: 'a hidden file' },
];

/** What is packed and should not be, and what is missing. */
export function fileFaults({ manifest, files }) {
  const paths = files.map(({ path }) => path);
  const surplus = paths.flatMap((path) => {
    const rule = unwanted.find(({ pattern }) => pattern.test(path));
    return rule === undefined ? [] : [`${path} is packed, and it is ${rule.reason}; leave it out in "files"`];
  });
  const missing = [...required, ...entries(manifest)].filter((path) => !paths.includes(path));
  return [...surplus, ...missing.map((path) => `${path} is not packed`), ...typesFaults(manifest)];
}

/** Every file that package.json names as a way in. */
function entries({ exports = {}, bin = {} }) {
  const named = Object.values(exports).flatMap((entry) => (typeof entry === 'string' ? [entry] : Object.values(entry)));
  return [...new Set([...named, ...Object.values(bin)].map((path) => path.replace(/^\.\//, '')))];
}

function typesFaults({ exports = {} }) {
  return Object.entries(exports)
    .filter(([name, entry]) => name !== './package.json' && entry.types === undefined)
    .map(([name]) => `the entry ${name} has no "types" in "exports"`);
}
