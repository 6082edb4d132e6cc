import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { RunningProgram } from './running-program.mjs';

const converse = fileURLToPath(new URL('converse.mjs', import.meta.url));

/** Installs `sercli` as a newcomer does, and uses it: an agent, an attached port, bytes there and back. */
export async function tryProgram(newcomer, version) {
  const on = `sercli on ${newcomer.node.name}`;
  await newcomer.npm(`${on}: npm install --global sercli`, ['install', '--global', 'sercli', '--loglevel=error']);
  const said = (await newcomer.run(`${on}: sercli --version`, 'sercli', ['--version'])).trim();
  if (said !== version) throw new Error(`${on}: sercli --version says ${said}, and ${version} was installed`);
  await attach(newcomer, on);
}

/** Every attached port needs koffi, and a program in a terminal node-pty: binaries that no script may have to bring. */
async function attach(newcomer, on) {
  const options = { cwd: newcomer.folder, env: newcomer.env };
  const start = (name, args) =>
    new RunningProgram(`${on}: sercli ${name}`, newcomer.path('sercli'), [name, ...args], options);
  const ports = ['--port', 'echo=sim:echo', '--port', 'terminal=exec:node'];
  const agent = start('agent', ['--listen', '127.0.0.1:0', '--no-advertise', '--open', ...ports]);
  try {
    const [, tcpPort] = await agent.waitFor(/listening on \S+:(\d+)/);
    const link = join(newcomer.home, 'echo');
    const address = `127.0.0.1:${tcpPort}`;
    const attachment = start('attach', [`${address}/echo`, '--link', link, '--json']);
    try {
      await attachment.waitFor(/"event":"ready"/);
      await newcomer.run(`${on}: a program on the attached port`, 'node', [converse, link]);
    } finally {
      await attachment.stop();
    }
    const terminal = start('console', [`${address}/terminal`]);
    try {
      await terminal.waitFor(/Welcome to Node/);
    } finally {
      await terminal.stop();
    }
  } finally {
    await agent.stop();
  }
}
