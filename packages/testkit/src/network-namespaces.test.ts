import { afterAll, beforeAll, expect, it } from 'vitest';
import { ChildProgram } from './child-program.ts';
import { createNetworkPair, type NetworkPair } from './network-namespaces.ts';
import { requires } from './requirements.ts';

requires({ root: true, networkNamespaces: true, programs: ['ip'] })('two network namespaces', () => {
  let pair: NetworkPair;
  beforeAll(async () => {
    pair = await createNetworkPair();
  });
  afterAll(() => pair.close());

  it('reach each other over TCP, and not while the link is down', async () => {
    const { left, right } = pair;
    const server = await ChildProgram.start(process.execPath, ['-e', echoServer], { namespace: left });
    await server.stdout.waitFor(/listening/);
    expect(await right.execute(process.execPath, ['-e', connectTo(left.address)])).toBe('hello');
    await right.setLink('down');
    expect(await right.execute(process.execPath, ['-e', connectTo(left.address)])).toBe('ENETUNREACH');
    await right.setLink('up');
    expect(await right.execute(process.execPath, ['-e', connectTo(left.address)])).toBe('hello');
    expect(await server.end()).toEqual({ code: null, signal: 'SIGTERM' });
  });

  it('do not see the network around them', async () => {
    const links: unknown = JSON.parse(await pair.left.execute('ip', ['-json', 'link']));
    expect(links).toMatchObject([{ ifname: 'lo' }, { ifname: 'eth0' }]);
  });

  it('are removed when their process was killed', async () => {
    const orphan = `sercli-${process.pid}-1-1`;
    await pair.left.execute('ip', ['netns', 'add', orphan]);
    const another = await createNetworkPair();
    expect(await another.left.execute('ip', ['netns', 'list'])).not.toContain(orphan);
    await another.close();
  });
});

const echoServer = `require('node:net').createServer((socket) => socket.end('hello')).listen(7000, () => console.log('listening'))`;

function connectTo(address: string): string {
  return `require('node:net').connect(7000, '${address}').on('data', (data) => process.stdout.write(data)).on('error', (error) => process.stdout.write(error.code))`;
}
