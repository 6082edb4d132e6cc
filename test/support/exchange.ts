import type { User } from './user.ts';

/** Opens the port, writes the text, and prints as many characters as it is told to read. */
const application = 'exec 3<>"$0"; printf %s "$1" >&3; exec head -c "$2" <&3';

/** Resolves to what an application hears which opens a virtual port, says something and reads as much as it said. */
export async function exchange(user: User, link: string, text: string): Promise<string> {
  const program = await user.run('sh', ['-c', application, link, text, String(text.length)]);
  await program.expectExit(0);
  return program.stdout.text;
}
