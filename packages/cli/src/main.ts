import { CommanderError } from 'commander';
import { reportFailure, reportUsage } from './output/failure.ts';
import { program } from './program.ts';

void program.parseAsync().catch((error: unknown) => {
  const isJson = process.argv.includes('--json');
  if (error instanceof CommanderError) reportUsage(error, isJson);
  else reportFailure(error, isJson);
});
