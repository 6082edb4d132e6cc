// A registry on loopback for as long as whoever started it lives: has what is published to it, and fetches the rest from
// the registry that npm is set to. Arguments: a folder for all that it keeps, and the address of that registry.
import { join } from 'node:path';
import { runServer } from 'verdaccio';

const [folder, uplink] = process.argv.slice(2);
const ours = { access: '$all', publish: '$all' };
const server = await runServer({
  storage: join(folder, 'storage'),
  self_path: folder,
  auth: { htpasswd: { file: join(folder, 'htpasswd'), max_users: -1 } },
  uplinks: { uplink: { url: uplink, maxage: '60m', timeout: '60s' } },
  packages: { '@sercli/*': ours, sercli: ours, '**': { access: '$all', proxy: 'uplink' } },
  max_body_size: '50mb',
  web: { enable: false },
  log: { type: 'stdout', format: 'pretty', level: 'error' },
});
server.listen(0, '127.0.0.1', () => process.send({ tcpPort: server.address().port }));
process.on('disconnect', () => process.exit());
