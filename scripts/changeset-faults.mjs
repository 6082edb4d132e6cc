const program = 'sercli';

/**
 * The program is bundled (docs/adr/0015-the-program-is-bundled.md): what changes in a library reaches its users with a new
 * version of the program only, and npm knows nothing of that. Takes texts of changesets by their names.
 */
export function changesetFaults(changesets) {
  return Object.entries(changesets).flatMap(([name, text]) => {
    const raised = raisedPackages(text);
    if (raised.length === 0 || raised.includes(program)) return [];
    return [`${name}: it raises ${raised.join(', ')}, and so it must raise ${program}, which is bundled from them`];
  });
}

function raisedPackages(text) {
  const [, frontMatter = ''] = /^---\n(.*?)^---$/ms.exec(text) ?? [];
  return [...frontMatter.matchAll(/^['"]?([@\w/-]+)['"]?: *(?:major|minor|patch) *$/gm)].map(([, name]) => name);
}
