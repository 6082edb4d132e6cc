import { hostname, userInfo } from 'node:os';

/** What this user on this machine is called where its sessions are shown: `anna@laptop`. */
export function clientName(): string {
  return `${userName()}@${hostname().split('.')[0]}`;
}

function userName(): string {
  try {
    return userInfo().username;
  } catch {
    // A container can run as a user that it has no name for: uv_os_get_passwd finds none.
    return `user-${process.getuid?.() ?? 0}`;
  }
}
