import { type CompletedShell, completionScripts } from '../completion/scripts.ts';
import { endQuietlyWithoutReader } from '../output/terminal.ts';

/** `sercli completion`: prints the script for a shell. */
export function runCompletion(shell: CompletedShell): void {
  endQuietlyWithoutReader();
  process.stdout.write(completionScripts[shell]);
}
