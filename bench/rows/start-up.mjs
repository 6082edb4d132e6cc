import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { startUpTable } from '../chains/start-up.mjs';
import { Endpoint } from '../load/endpoint.mjs';

const run = promisify(execFile);

/** From exec until a program is of use, the agent and the client, each the second time on its machine. */
export const startUp = {
  rows: [{ name: 'start-up', title: 'start-up', chains: ['article', 'sercli'], measure }],
};

async function measure(definition, _effort, { folder: parent, programs }) {
  const folder = mkdtempSync(join(parent, 'start-up-'));
  const device = await Endpoint.device(programs.endpoint, 1);
  const started = async (command, environment = {}) => {
    const { stdout } = await run(programs.started, command, { env: { ...process.env, ...environment } });
    return Number(stdout) / 1000;
  };
  try {
    device.start('echo', 0);
    return { values: await startUpTable[definition.name]({ folder, device: device.paths[0] }, started) };
  } finally {
    await device.close();
    rmSync(folder, { recursive: true, force: true });
  }
}
