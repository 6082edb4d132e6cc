// `npm start`: the demo, in this very process, so that terminal, signals and exit code are its own.
import { fileURLToPath } from 'node:url';

const program = new URL('../packages/cli/bin/sercli.cjs', import.meta.url);
process.argv = [process.execPath, fileURLToPath(program), 'demo', ...process.argv.slice(2)];
await import(program.href);
