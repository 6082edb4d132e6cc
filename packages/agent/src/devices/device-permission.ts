import { readFile, stat } from 'node:fs/promises';
import { userInfo } from 'node:os';

/** What somebody who may not open `path` can do about it: join the group that may. */
export async function accessRemedy(path: string, groupsFile = '/etc/group'): Promise<string> {
  const found = await stat(path).catch(() => undefined);
  const group = found === undefined ? undefined : await groupName(found.gid, groupsFile);
  if (found === undefined || group === undefined || group === 'root' || (found.mode & 0o020) === 0) {
    return 'only its owner may use it; ask the administrator of this machine';
  }
  return `it belongs to the group ${group}: run "sudo usermod -aG ${group} ${userInfo().username}", then log in again`;
}

/** group(5): name, password, number, members. */
async function groupName(number: number, groupsFile: string): Promise<string | undefined> {
  const groups = await readFile(groupsFile, 'utf8').catch(() => '');
  return groups
    .split('\n')
    .map((line) => line.split(':'))
    .find(([, , gid]) => gid === String(number))?.[0];
}
