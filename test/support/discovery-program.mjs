// Advertises or browses until it is ended, and prints what happens as JSON lines; `at` is the time in milliseconds.
//   advertise INTERFACES ADVERTISEMENT...    each as JSON; all start at once
//   browse INTERFACES                        INTERFACES: all, loopback, or names and addresses with commas between
import { mdnsDiscovery } from '@sercli/discovery';

const [command, interfaces, ...advertisements] = process.argv.slice(2);
const options = {
  interfaces: interfaces === 'all' || interfaces === 'loopback' ? interfaces : interfaces.split(','),
  failed: (error) => tell('failed', { code: error.code, message: error.message }),
};
const running = command === 'advertise' ? await advertiseAll() : [browse()];
tell('started');
process.once('SIGTERM', () => void closeAll());

async function closeAll() {
  await Promise.all(running.map((it) => it.close()));
  tell('closed');
}

function advertiseAll() {
  return Promise.all(
    advertisements.map(async (text) => {
      const renamed = (name) => tell('renamed', { name });
      const advertiser = await mdnsDiscovery().advertise(JSON.parse(text), { ...options, renamed });
      tell('advertised', { name: advertiser.name });
      return advertiser;
    }),
  );
}

function browse() {
  const events = ['found', 'changed', 'lost'].map((event) => [event, (agent) => tell(event, { agent })]);
  return mdnsDiscovery().browse({ ...options, ...Object.fromEntries(events) });
}

function tell(event, details = {}) {
  console.log(JSON.stringify({ event, at: Date.now(), ...details }));
}
