import { gensiot, socat, startClients } from './clients.mjs';
import { freeTcpPorts, untilListening } from './listening.mjs';
import { startAgent } from './sercli.mjs';
import { SercliHome } from './sercli-home.mjs';

/** The article's client, on an agent of sercli. */
export const sercliRaw = {
  name: 'sercli-raw',
  title: "sercli's raw accepter + socat",
  needs: ['socat'],
  isCompiledAsItRuns: true,
  start: (place) => startAccepters(place, 'raw', socat),
};

/** An RFC 2217 client of other people's, on an agent of sercli. */
export const sercliRfc2217 = {
  name: 'sercli-rfc2217',
  title: "sercli's RFC 2217 accepter + gensiot",
  needs: ['gensiot'],
  isCompiledAsItRuns: true,
  start: (place) => startAccepters(place, 'rfc2217', gensiot),
};

async function startAccepters({ folder, devices }, protocol, client) {
  const tcpPorts = await freeTcpPorts(devices.length);
  const accepters = tcpPorts.flatMap((tcpPort, index) => ['--tcp', `127.0.0.1:${tcpPort}=port${index},${protocol}`]);
  const { agent } = await startAgent(new SercliHome(folder), devices, accepters);
  await untilListening(tcpPorts);
  return { agents: [agent], ...(await startClients(folder, tcpPorts, client)) };
}
