import { socat as client, startClients } from './clients.mjs';
import { freeTcpPorts, untilListening } from './listening.mjs';
import { startProgram } from './program.mjs';

/** socat on both ends, one process for each port and end: bytes and nothing else. */
export const socat = {
  name: 'socat',
  title: 'socat on both ends',
  needs: ['socat'],
  async start({ folder, devices }) {
    const tcpPorts = await freeTcpPorts(devices.length);
    const agents = await Promise.all(
      devices.map((device, index) =>
        startProgram('socat', [`file:${device},rawer,b115200`, `tcp-listen:${tcpPorts[index]},bind=127.0.0.1,nodelay`]),
      ),
    );
    await untilListening(tcpPorts);
    return { agents, ...(await startClients(folder, tcpPorts, client)) };
  },
};
