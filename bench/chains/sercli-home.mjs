import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startProgram } from './program.mjs';

/** The program as `npm install -g sercli` puts it there: bundled. */
export const sercliProgram = fileURLToPath(new URL('../../packages/cli/bin/sercli.cjs', import.meta.url));

/** Somebody with a home, and so with an identity and files of their own. */
export class SercliHome {
  #environment;
  #folder;

  constructor(folder) {
    this.#folder = folder;
    const runtime = join(folder, 'run');
    mkdirSync(runtime, { recursive: true, mode: 0o700 });
    this.#environment = { HOME: folder, XDG_RUNTIME_DIR: runtime, XDG_CONFIG_HOME: '', XDG_STATE_HOME: '' };
  }

  get environment() {
    return this.#environment;
  }

  /** Where the link of an attached port is made unless something else is said. */
  link(port) {
    return join(this.#folder, 'dev', port);
  }

  start(...args) {
    return startProgram(sercliProgram, args, { environment: this.#environment });
  }

  /** Runs sercli to its end; resolves to what it printed. */
  async result(...args) {
    const program = await this.start(...args);
    await program.expectExit(0);
    return program.stdout.text;
  }
}
