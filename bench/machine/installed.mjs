import { accessSync, constants } from 'node:fs';

/** Those of the programs that are not in PATH. */
export function missingPrograms(programs) {
  // Debian has ser2net where only root looks.
  const folders = [...(process.env.PATH ?? '').split(':'), '/usr/sbin'];
  return programs.filter((program) => !folders.some((folder) => isExecutable(`${folder}/${program}`)));
}

function isExecutable(path) {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
