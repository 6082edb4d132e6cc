// A program of somebody who uses the client: it does what it is told, and then has to end by itself.
import { connect, discover, findAgents, RemoteBinding } from '@sercli/client';
import { ReadlineParser } from '@serialport/parser-readline';
import { SerialPortStream } from '@serialport/stream';

const [task, address, stateDirectory, interfaces = 'loopback'] = process.argv.slice(2);
const options = { stateDirectory, interfaces };

const tasks = {
  /** Sends a line and waits for its echo. */
  async echo() {
    const port = await connect(address, options);
    port.write('hello\n');
    let text = '';
    for await (const chunk of port.iterator({ destroyOnReturn: false })) {
      text += chunk;
      if (text.includes('\n')) break;
    }
    console.log(text.trim());
    await port.close();
  },
  /** The same with node-serialport. */
  async serialport() {
    const port = new SerialPortStream({ binding: RemoteBinding, path: address, baudRate: 115_200 });
    const lines = port.pipe(new ReadlineParser());
    port.write('hello\n');
    console.log(await new Promise((resolve) => lines.once('data', resolve)));
    port.close();
  },
  /** Leaves the port without a word. */
  async destroy() {
    const port = await connect(address, options);
    port.destroy();
  },
  async missing() {
    await connect('nobody-is-called-so/ttyS0', options).catch(({ code }) => console.log(code));
  },
  async find() {
    const agents = await findAgents(options);
    console.log(agents.map(({ name }) => name).join(' '));
  },
  /** Follows the agents until one is found. */
  async follow() {
    for await (const { kind, agent } of discover(options)) {
      console.log(kind, agent.name);
      break;
    }
  },
};

await tasks[task]();
console.log('done');
