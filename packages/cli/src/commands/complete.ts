import type { Command } from 'commander';
import { bashAnswer, fishAnswer, zshAnswer } from '../completion/answer-text.ts';
import { completeWord } from '../completion/complete-word.ts';
import { NetworkNames } from '../completion/live-names.ts';
import type { CompletedShell } from '../completion/scripts.ts';
import { readShellLine } from '../completion/shell-line.ts';

/**
 * `sercli complete`: what the scripts of `sercli completion` ask. Nothing is told on stderr, and it ends by itself: nobody
 * sees it, and somebody waits.
 *
 * @param words of bash the line up to the cursor and what is to be replaced; of the others the words up to the cursor
 */
export async function runComplete(program: Command, shell: CompletedShell, words: readonly string[]): Promise<void> {
  const lines = await answer(program, shell, words).catch(() => []);
  const text = lines.map((line) => `${line}\n`).join('');
  process.stdout.on('error', () => process.exit());
  // Searches that are under way would keep the process for some time.
  process.stdout.write(text, () => process.exit());
}

async function answer(program: Command, shell: CompletedShell, words: readonly string[]): Promise<readonly string[]> {
  const names = new NetworkNames();
  switch (shell) {
    case 'bash': {
      const [text = '', replaced = ''] = words;
      const line = readShellLine(text, replaced);
      return bashAnswer(await completeWord(program, line.words.slice(1), names), line);
    }
    case 'zsh':
      return zshAnswer(await completeWord(program, words, names));
    case 'fish':
      return fishAnswer(await completeWord(program, words, names));
    default:
      return shell satisfies never;
  }
}
