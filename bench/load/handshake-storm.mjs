// handshake-storm TCP-PORT: TLS handshakes with an agent and nothing else, four at a time, until standard input ends.
// Prints `begun` after the first, and in the end how many there were.
import { connect } from 'node:tls';

const atATime = 4;
const port = Number(process.argv[2]);
let done = 0;

process.stdin.resume().once('end', () => {
  console.log(String(done));
  process.exit(0);
});
for (let one = 0; one < atATime; one += 1) shakeHands();

function shakeHands() {
  const socket = connect({ host: '127.0.0.1', port, rejectUnauthorized: false }, () => {
    if (done === 0) console.log('begun');
    done += 1;
    socket.destroy();
  });
  // An agent may have enough of it and hang up: that is an answer, too.
  socket.on('error', () => undefined);
  socket.once('close', () => setImmediate(shakeHands));
}
