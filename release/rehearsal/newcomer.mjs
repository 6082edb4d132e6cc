import { mkdirSync, realpathSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { runProgram } from './run-program.mjs';

/**
 * Somebody who has Node and npm and nothing else: no compiler, no shell, no git is found on the PATH, the home is empty,
 * and install scripts do not run. npm 12 is like that by itself; older ones are told to be.
 */
export class Newcomer {
  #bin;

  /** `node` has `binary` and `npm`, the path of npm's program; `cache` is npm's. */
  constructor(folder, { node, registry, cache }) {
    this.folder = folder;
    this.node = node;
    this.prefix = join(folder, 'global');
    this.#bin = join(folder, 'bin');
    this.home = join(folder, 'home');
    const runtime = join(this.home, 'run');
    mkdirSync(this.#bin, { recursive: true });
    mkdirSync(runtime, { recursive: true, mode: 0o700 });
    symlinkSync(realpathSync(node.binary), join(this.#bin, 'node'));
    symlinkSync(realpathSync(node.npm), join(this.#bin, 'npm'));
    this.env = {
      PATH: `${this.#bin}:${join(this.prefix, 'bin')}`,
      HOME: this.home,
      XDG_RUNTIME_DIR: runtime,
      NO_COLOR: '1',
      npm_config_registry: registry,
      npm_config_cache: cache,
      npm_config_prefix: this.prefix,
      npm_config_update_notifier: 'false',
      npm_config_audit: 'false',
      npm_config_fund: 'false',
      ...(node.blocksScripts ? {} : { npm_config_ignore_scripts: 'true' }),
    };
  }

  npm(what, args, cwd = this.folder) {
    return this.run(what, 'npm', args, { cwd });
  }

  run(what, program, args, options = {}) {
    return runProgram(what, this.path(program), args, { cwd: this.folder, env: this.env, ...options });
  }

  /** A program that the newcomer has: node, npm, or one that was installed globally. */
  path(program) {
    return join(program === 'node' || program === 'npm' ? this.#bin : join(this.prefix, 'bin'), program);
  }
}
