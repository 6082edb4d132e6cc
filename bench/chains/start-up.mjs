import { join } from 'node:path';
import { freeTcpPorts } from './listening.mjs';
import { endProgram } from './program.mjs';
import { ser2netCommand, startSer2net } from './ser2net.mjs';
import { agentArguments, letIn, startAgent } from './sercli.mjs';
import { SercliHome, sercliProgram } from './sercli-home.mjs';

/**
 * How long agent and client of a chain take until they are of use, in milliseconds.
 *
 * @param started runs load/started.c
 */
export const startUpTable = {
  async article({ folder, device }, started) {
    const [tcpPort] = await freeTcpPorts(1);
    const place = { folder, devices: [device] };
    const agentStart = await started(['tcp', tcpPort, ...ser2netCommand(place, [tcpPort])]);
    const agent = await startSer2net(place, [tcpPort]);
    const link = join(folder, 'link');
    const client = ['socat', `pty,link=${link},rawer`, `tcp:127.0.0.1:${tcpPort}`];
    const clientStart = await started(['link', link, ...client]);
    await endProgram(agent);
    return { agentStart, clientStart };
  },

  async sercli({ folder, device }, started) {
    const [agentHome, clientHome] = ['agent', 'client'].map((name) => new SercliHome(join(folder, name)));
    const sercli = (home, where, args) => started([...where, sercliProgram, ...args], home.environment);
    // The first start of either makes its identity, once on a machine.
    const { agent, tcpPort } = await startAgent(agentHome, [device]);
    await letIn(agentHome, clientHome);
    const link = clientHome.link('port0');
    const attach = ['attach', `127.0.0.1:${tcpPort}/port0`];
    await sercli(clientHome, ['link', link], attach);
    const clientStart = await sercli(clientHome, ['link', link], attach);
    await endProgram(agent);
    const [another] = await freeTcpPorts(1);
    const agentStart = await sercli(agentHome, ['tcp', another], ['agent', ...agentArguments([device], another)]);
    const bare = await started(['exit', process.execPath, '-e', '0']);
    return {
      agentStart,
      clientStart,
      bareNode: bare,
      agentBeyondNode: agentStart - bare,
      clientBeyondNode: clientStart - bare,
    };
  },
};
