import { reasonOf, SercliError } from '@sercli/protocol';
import { TtyError } from '@sercli/tty';

/** Whatever failed while a virtual port was made or used, as an error that names the remedy. */
export function toPortError(error: unknown): SercliError {
  if (error instanceof SercliError) return error;
  const code = error instanceof TtyError ? error.code : undefined;
  const platform = `${process.platform}-${process.arch}`;
  if (code === 'ENOTSUP') {
    return new SercliError(
      'unsupported-platform',
      {
        what: 'a virtual port',
        needs: 'Linux',
        platform,
        remedy: 'attach on a Linux machine, or use the port with sercli console',
      },
      { cause: error },
    );
  }
  if (code === 'ERR_NATIVE_MODULE') {
    const cause = error instanceof Error ? error.cause : undefined;
    return new SercliError(
      'native-module-missing',
      {
        module: 'of @sercli/tty',
        platform,
        reason: `${reasonOf(error)}: ${firstLine(reasonOf(cause))}`,
        remedy: 'install again with optional dependencies allowed',
      },
      { cause: error },
    );
  }
  const remedy =
    error instanceof TtyError ? 'check that /dev/ptmx and /dev/pts can be used' : 'choose another path for the link';
  return new SercliError('virtual-port-failed', { reason: reasonOf(error), remedy }, { cause: error });
}

function firstLine(text: string): string {
  return text.split('\n', 1)[0] ?? '';
}
