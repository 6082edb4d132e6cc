import { join } from 'node:path';
import { freeTcpPorts } from './listening.mjs';
import { SercliHome } from './sercli-home.mjs';

/** How long many ports may take until all are attached, in milliseconds. */
const attachTimeoutMs = 60_000;

/**
 * sercli as it is installed: agent and client with identities, TLS, logs and resume. One client process attaches all
 * ports. Only mDNS is off: it would tell the network of an agent that is about to leave, and moves no serial byte.
 */
export const sercli = {
  name: 'sercli',
  title: 'sercli',
  needs: [],
  isCompiledAsItRuns: true,
  async start({ folder, devices }) {
    const agentHome = new SercliHome(join(folder, 'agent'));
    const clientHome = new SercliHome(join(folder, 'client'));
    const { agent, tcpPort } = await startAgent(agentHome, devices);
    await letIn(agentHome, clientHome);
    const ports = devices.map((_, index) => portName(index));
    const client = await clientHome.start('attach', '--json', ...ports.map((port) => `127.0.0.1:${tcpPort}/${port}`));
    for (const _ of ports) await client.stdout.waitFor(/"event":"ready"/, attachTimeoutMs);
    const links = ports.map((port) => clientHome.link(port));
    return { agents: [agent], clients: [client], links, tcpPorts: [tcpPort] };
  },
};

export async function startAgent(home, devices, options = []) {
  const [tcpPort] = await freeTcpPorts(1);
  const agent = await home.start('agent', ...agentArguments(devices, tcpPort), ...options);
  await agent.stderr.waitFor(/listening on \S+:\d+/, attachTimeoutMs);
  return { agent, tcpPort };
}

export function agentArguments(devices, tcpPort) {
  const ports = devices.flatMap((device, index) => ['--port', `${portName(index)}=${device}`]);
  return ['--listen', `127.0.0.1:${tcpPort}`, '--no-advertise', ...ports];
}

/** Authorises a client as people do. */
export async function letIn(agentHome, clientHome) {
  const { fingerprint } = JSON.parse(await clientHome.result('identity', '--json'));
  await agentHome.result('authorize', fingerprint);
}

function portName(index) {
  return `port${index}`;
}
