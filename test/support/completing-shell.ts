import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type NetworkNamespace, TerminalProgram } from '@sercli/testkit';
import { sercliProgram } from './sercli-program.ts';

export type ShellName = 'bash' | 'zsh' | 'fish';

/** What stands in the files of a user who has installed completion: the words of a line are printed in place of being run. */
const startFiles: Readonly<Record<ShellName, { readonly path: string; readonly text: string }>> = {
  bash: {
    path: '.bashrc',
    text: `PS1='$ '
source <(sercli completion bash)
sercli() { printf '<%s>' "$@"; printf '\\nready\\n'; }
printf 'ready\\n'
`,
  },
  zsh: {
    path: '.zshrc',
    text: `PS1='$ '
autoload -Uz compinit && compinit -u -D
source <(sercli completion zsh)
sercli() { printf '<%s>' "$@"; printf '\\nready\\n'; }
printf 'ready\\n'
`,
  },
  fish: {
    path: '.config/fish/config.fish',
    text: `function fish_prompt; echo '$ '; end
command sercli completion fish >~/.config/fish/completions/sercli.fish
function sercli; printf '<%s>' $argv; printf '\\nready\\n'; end
printf 'ready\\n'
`,
  },
};

const commandLines: Readonly<Record<ShellName, readonly [string, ...string[]]>> = {
  bash: ['bash', '--noprofile', '-i'],
  zsh: ['zsh', '-i'],
  fish: ['fish', '-i'],
};

export interface ShellPlace {
  readonly home: string;
  readonly namespace?: NetworkNamespace;
  readonly environment?: Readonly<Record<string, string>>;
}

/** A shell on a terminal, whose user has installed the completion of sercli as the documentation says. */
export class CompletingShell {
  readonly #terminal: TerminalProgram;

  static async start(shell: ShellName, { home, namespace, environment: others }: ShellPlace): Promise<CompletingShell> {
    const bin = join(home, 'bin');
    const { path, text } = startFiles[shell];
    await mkdir(join(home, '.config/fish/completions'), { recursive: true });
    await mkdir(join(home, 'run'), { recursive: true, mode: 0o700 });
    await mkdir(bin, { recursive: true });
    await symlink(sercliProgram, join(bin, 'sercli'));
    await writeFile(join(home, path), text);
    const [program, ...args] = commandLines[shell];
    const environment = {
      ...{ HOME: home, ZDOTDIR: home, PATH: `${bin}:${process.env.PATH}`, XDG_RUNTIME_DIR: join(home, 'run') },
      ...{ XDG_CONFIG_HOME: join(home, '.config'), XDG_STATE_HOME: '', XDG_DATA_HOME: '', LANG: 'C.UTF-8' },
      ...others,
    };
    const terminal = new TerminalProgram(program, args, {
      ...(namespace && { namespace }),
      environment,
      directory: home,
    });
    const completing = new CompletingShell(terminal);
    await terminal.screen.waitFor(/ready/);
    return completing;
  }

  private constructor(terminal: TerminalProgram) {
    this.#terminal = terminal;
  }

  /** Types a line, with tabs where it is to be completed; resolves to the words that sercli would be called with. */
  async words(keys: string): Promise<readonly string[]> {
    const before = this.#terminal.screen.text.length;
    this.#terminal.type(`${keys}\r`);
    await this.#terminal.screen.waitFor(/>\r?\nready/);
    const drawn = this.#terminal.screen.text.slice(before);
    const [line = ''] = /(?:<[^<>]*>)+(?=\r?\nready)/.exec(drawn) ?? [];
    return [...line.matchAll(/<([^<>]*)>/g)].map(([, word = '']) => word);
  }

  end(): Promise<unknown> {
    return this.#terminal.end();
  }
}
