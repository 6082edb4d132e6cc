// `node converse.mjs PATH`: opens a terminal device as any program would, writes to it, and ends with 0 when just that
// has come back.
import { constants, openSync } from 'node:fs';
import { ReadStream, WriteStream } from 'node:tty';

const waitMs = 15_000;
/** All bytes but control characters, which a terminal that is not set up may turn into something else. */
const said = Buffer.from(
  Array.from({ length: 256 }, (_, value) => value).filter((value) => (value & 0x60) !== 0 && value !== 0x7f),
);

const fd = openSync(process.argv[2], constants.O_RDWR | constants.O_NOCTTY);
const input = new ReadStream(fd);
input.setRawMode(true);
const timer = setTimeout(
  () => end(`${heard.length} of ${said.length} bytes came back within ${waitMs / 1000} s`),
  waitMs,
);
let heard = Buffer.alloc(0);
input.on('data', (bytes) => {
  heard = Buffer.concat([heard, bytes]);
  if (heard.length < said.length) return;
  end(heard.equals(said) ? undefined : `what came back is not what was written: ${heard.toString('hex')}`);
});
new WriteStream(fd).write(said);

function end(fault) {
  clearTimeout(timer);
  if (fault !== undefined) console.error(fault);
  process.exit(fault === undefined ? 0 : 1);
}
