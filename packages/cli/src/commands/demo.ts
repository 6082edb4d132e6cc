import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { Agent, listDevices, parsePortSpec } from '@sercli/agent';
import { Attachment, ClientAccess } from '@sercli/client/tools';
import { SercliError } from '@sercli/protocol';
import { printLine, tellLine } from '../output/terminal.ts';
import { newConnections } from '../program-info.ts';
import { programPath, software } from '../program-version.ts';
import { untilInterrupted } from './interruption.ts';

/** How long the round trip may take before it counts as failed, in milliseconds. */
const roundTripMs = 15_000;

/** `sercli demo`: the whole path on one machine. An agent with a simulated modem, attached, and a terminal on the link. */
export async function runDemo({ link }: { readonly link?: string }): Promise<void> {
  const signal = untilInterrupted();
  // Agent and client share one identity, so they know each other; nothing of the demo is kept.
  const stateDirectory = await mkdtemp(join(tmpdir(), 'sercli-demo-'));
  try {
    await serveAndAttach(resolve(link ?? join(homedir(), 'dev', 'modem')), stateDirectory, signal);
  } finally {
    await rm(stateDirectory, { recursive: true });
  }
}

async function serveAndAttach(path: string, stateDirectory: string, signal: AbortSignal): Promise<void> {
  const agent = await Agent.start({
    ports: [parsePortSpec('modem=sim:modem,9600')],
    listen: [{ host: '127.0.0.1', tcpPort: 0 }],
    software,
    stateDirectory,
  });
  try {
    const address = { host: '127.0.0.1', tcpPort: agent.tcpPort, carrier: 'stream', port: 'modem' } as const;
    const connections = newConnections(new ClientAccess({ directory: stateDirectory }));
    const attachment = await Attachment.start(address, connections, { link: path, signal });
    try {
      await explain(agent, path);
      await (process.stdin.isTTY ? openTerminal(path) : proveRoundTrip(path));
    } finally {
      await attachment.close();
    }
  } finally {
    await agent.close();
  }
}

async function explain(agent: Agent, path: string): Promise<void> {
  const devices = await listDevices();
  const ports = devices.filter((device) => device.unavailable === undefined).map((device) => device.path);
  const found = ports.length === 0 ? 'none was found on this machine' : `found on this machine: ${ports.join(', ')}`;
  printLine(`An agent on ${agent.addresses.join(', ')} serves a simulated modem; it is attached here as ${path}.`);
  printLine(
    'What you type goes there and back over the network. Try AT, or ATDT5550100 for a bulletin board; Ctrl-] leaves.',
  );
  printLine(
    `With a real port (${found}): "sercli agent" there, "sercli attach HOST/NAME" here, any program on ~/dev/NAME.`,
  );
}

/** A terminal on the link, in a process of its own, as any application would be. */
function openTerminal(path: string): Promise<void> {
  const child = spawn(process.execPath, [programPath, 'console', path], { stdio: 'inherit' });
  return new Promise((done, fail) => {
    child.on('error', fail);
    child.on('exit', (code) => {
      process.exitCode = code ?? 1;
      done();
    });
  });
}

/** Without a terminal: another process says AT on the link and must hear OK. */
async function proveRoundTrip(path: string): Promise<void> {
  tellLine(
    'No terminal here: another process now opens the link, asks the modem for a sign of life and waits for its answer.',
  );
  const started = performance.now();
  const heard = await converse(path, 'AT\r', /\r\nOK\r\n/);
  const ms = Math.round(performance.now() - started);
  printLine(
    `A separate process wrote "AT" to ${path} and read ${JSON.stringify(heard.trim())}: round trip proved in ${ms} ms.`,
  );
}

function converse(path: string, say: string, expect: RegExp): Promise<string> {
  const child = spawn(process.execPath, [programPath, 'console', path], {
    stdio: ['pipe', 'pipe', 'inherit'],
    timeout: roundTripMs,
  });
  return new Promise((done, fail) => {
    let heard = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      heard += text;
      if (expect.test(heard)) child.stdin.end();
    });
    child.stdin.on('error', fail);
    child.on('error', fail);
    child.on('close', () => {
      if (expect.test(heard)) return done(heard);
      const reason = `nothing but ${JSON.stringify(heard)} came back within ${roundTripMs / 1000} s`;
      fail(new SercliError('device-failed', { device: path, reason }));
    });
    child.stdin.write(say);
  });
}
