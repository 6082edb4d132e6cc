import type { ErrorCode } from '@sercli/protocol';

interface Meaning {
  readonly means: string;
  readonly remedy: string;
}

/** What stands behind each error, for whoever looks it up. A code that is not here is an error of types. */
export const errorMeanings: Readonly<Record<ErrorCode, Meaning>> = {
  internal: {
    means: 'sercli came into a state that it does not foresee.',
    remedy: 'Report it, with the message and what went before.',
  },
  'unsupported-platform': {
    means: 'The agent and virtual ports need Linux with glibc, on x64 or arm64, and Node 20.19 or newer.',
    remedy: 'Use such a machine; what is missing stands in the message.',
  },
  'native-module-missing': {
    means: 'A module with machine code was not installed, or does not fit this machine.',
    remedy: 'Install sercli anew, with optional dependencies, for this version of Node.',
  },
  'listen-failed': {
    means: 'The system refused to listen there: an address that this machine does not have, a TCP port below 1024.',
    remedy: 'Name another place with --listen or in the configuration.',
  },
  'state-unusable': {
    means: 'A file of state cannot be read or written: a full disk, missing rights, no directory.',
    remedy: 'Mend what the reason says; the path stands in the message.',
  },
  'discovery-failed': {
    means: 'mDNS cannot be spoken on a network: no multicast, or the port is taken exclusively.',
    remedy: 'Give hosts by address or by a name of the resolver; the agent serves all the same.',
  },
  'virtual-port-failed': {
    means: 'The system gives no pseudo terminal, or the link to it cannot be made.',
    remedy: 'Look at the reason: /dev/ptmx, the limit kernel.pty.max, rights of the directory.',
  },
  usage: {
    means: 'The command line cannot be meant so.',
    remedy: 'Do as the message says; --help has all flags.',
  },
  'bad-address': {
    means: 'An address of a port is host/port, host:tcpPort/port or [IPv6]:tcpPort/port.',
    remedy: 'Write it so.',
  },
  'bad-settings': {
    means: 'Line settings are a speed, and data bits, parity, stop bits and flow control behind it.',
    remedy: 'Write for example 115200, 9600,7E1 or 115200n81,rtscts.',
  },
  'bad-sequence': {
    means: 'A line sequence has a word that is neither a setting of lines nor a time, or it leaves a break on.',
    remedy: 'Write for example dtr=off,rts=on 100ms rts=off; --list shows those that have names.',
  },
  'bad-port-spec': {
    means: 'What stands behind --port does not describe a port.',
    remedy: 'Write [name=]DEVICE[,SETTINGS], where DEVICE is a path, sim:KIND or exec:COMMAND.',
  },
  'bad-config': {
    means: 'The configuration file has a mistake, at the line and key that are named.',
    remedy: 'Correct it; sercli agent --check says whether all is right.',
  },
  'request-refused': {
    means:
      'More was asked of a port at a time than the agent does: a sequence with too many steps, a wait that is too long.',
    remedy: 'Ask for less at a time; the limits are in their table.',
  },
  'host-not-found': {
    means: 'No agent of this name is found by mDNS, and the resolver does not know it either.',
    remedy: 'Check the name with sercli ls, or give the IP address.',
  },
  'agent-ambiguous': {
    means: 'Two agents have one name, and none of them is known.',
    remedy: 'Take one of the names with an id that the message lists.',
  },
  'agent-unreachable': {
    means: 'The host is known, and nothing answers at its TCP port.',
    remedy: 'Start an agent there, open the port in the firewall, or name another TCP port.',
  },
  'not-an-agent': {
    means: 'Something else listens there.',
    remedy: 'Check the TCP port: host:tcpPort/port.',
  },
  'port-not-found': {
    means: 'The agent serves no port of this name, or none that this client may use.',
    remedy: 'Take one of those that the message lists, or serve it there.',
  },
  'sequence-not-found': {
    means: 'Neither sercli nor the configuration of the agent has a sequence of this name.',
    remedy: 'See sercli reset HOST/PORT --list, or write the sequence itself.',
  },
  'client-not-found': {
    means: 'No client with this fingerprint waits or is authorised at the agent.',
    remedy: 'See sercli authorize, and compare; with all 52 characters a client is authorised before it asks.',
  },
  'client-ambiguous': {
    means: 'Several clients have fingerprints that begin so.',
    remedy: 'Give more characters.',
  },
  'device-not-found': {
    means: 'There is no device at this path.',
    remedy: 'Plug it in, or correct the path.',
  },
  'port-unavailable': {
    means: 'The agent leaves the port alone: it is the console of the kernel, or another program has it.',
    remedy: 'End that program, or name the port with --port to serve it all the same.',
  },
  'settings-fixed': {
    means: 'The configuration of the agent fixes the settings of the port.',
    remedy: 'Remove fixed: true there, or take the settings that it has.',
  },
  'not-controller': {
    means: 'This session only watches, and tried to write or to set something.',
    remedy: 'Take control with --take.',
  },
  'device-denied': {
    means: 'The user who runs the agent may not open the device.',
    remedy: 'Put the user into the group of the device; the message has the command.',
  },
  'no-modem-lines': {
    means: 'A pseudo terminal or a program has no modem lines and no break.',
    remedy: 'Use a hardware port for what needs them.',
  },
  'no-break': {
    means: 'The driver of this device says that it cannot send a break.',
    remedy: 'Use another adapter.',
  },
  'no-rs485': {
    means: 'The driver of this device cannot turn an RS-485 line around.',
    remedy: 'Remove rs485 from the port, or use an adapter that does it by itself.',
  },
  'link-refused': {
    means: 'At the path of the link stands something that no dead attach has left, or others may change its directory.',
    remedy: 'Choose another path with --link.',
  },
  'agent-full': {
    means: 'The agent has reached one of its limits.',
    remedy: 'Try again later, or end sessions that nobody needs: sercli who.',
  },
  'agent-key-changed': {
    means:
      'The agent showed another key than the one that is known. It was installed anew, or somebody stands in between.',
    remedy: 'Find out which. Only if the key was really changed, run the sercli trust that the message has.',
  },
  'agent-key-refused': {
    means:
      'A program trusts one key alone, and the agent showed another. It is another agent, or somebody stands in between.',
    remedy: 'Compare with sercli identity on its machine, and give the program the right fingerprint in trust.',
  },
  'certificate-missing': {
    means: 'The agent is asked without a certificate, and does not serve strangers.',
    remedy: 'Use sercli, or give your program a certificate and authorise it.',
  },
  'owner-only': {
    means: 'Only the user who runs the agent may do that, on its machine.',
    remedy: 'Ask there, as that user, or with sudo where the agent is a service.',
  },
  'role-refused': {
    means: 'This client is authorised to watch, and asked to control.',
    remedy: 'Use --monitor, or raise the role on the machine of the agent, as the message says.',
  },
  'port-refused': {
    means: 'This client is authorised for other ports.',
    remedy: 'Have the port added on the machine of the agent, as the message says.',
  },
  'state-untrusted': {
    means: 'Others can read the key or change a file that decides who gets in.',
    remedy: 'Run the command that the message has, and ask yourself who has read the key meanwhile.',
  },
  'host-name-refused': {
    means: 'The agent was asked by a name that is not its own, which web pages could have made up.',
    remedy: 'Use its IP address, or add the name to hostNames in its configuration.',
  },
  'origin-refused': {
    means: 'A web page of another origin asked the agent.',
    remedy: 'Use a program, or a page of the agent itself.',
  },
  'wire-version': {
    means: 'The two releases share no version of the wire protocol.',
    remedy: 'Install the same release on both machines.',
  },
  'peer-too-old': {
    means: 'What was asked for came with a later version of the wire protocol than the agent speaks.',
    remedy: 'Install a newer release on its machine.',
  },
  'port-busy': {
    means: 'Somebody else controls the port; the message says who, and since when.',
    remedy: 'Watch with --monitor, or take over with --take.',
  },
  'control-taken': {
    means: 'Somebody took control of the port; this session goes on watching or has ended.',
    remedy: 'Talk to who is named, or take it back with --take.',
  },
  'listen-busy': {
    means: 'Another program listens on this TCP port: another agent, or ser2net.',
    remedy: 'End it, or choose another port with the option that is named.',
  },
  'agent-running': {
    means: 'This user has an agent of this name running on this machine.',
    remedy: 'End it, or choose another name with --name.',
  },
  'device-busy': {
    means: 'Another program has the device open or has locked it.',
    remedy: 'End that program, or serve another port.',
  },
  'connection-lost': {
    means: 'The connection was cut, and could not be made again in the time that was given.',
    remedy: 'Check the network and the agent; --grace and --retry wait longer.',
  },
  'device-lost': {
    means: 'The device was unplugged.',
    remedy: 'Plug it in again: the port goes on by itself.',
  },
  'session-ended': {
    means: 'The agent ended the session: it shuts down, or the port is not served any more.',
    remedy: 'Attach again.',
  },
  'device-failed': {
    means: 'The driver of the device reports an error.',
    remedy: 'Check the device and its cable; the log of the kernel may say more.',
  },
  'session-unknown': {
    means: 'After a cut, the agent does not have the session any more: it was restarted, or the time was over.',
    remedy: 'Nothing: the port is opened anew, and what may be missing is told.',
  },
  'reader-too-slow': {
    means: 'A reader lagged by more than the log of the port keeps, and its port disconnects such readers.',
    remedy: 'Read faster, or let the agent keep more with logBytes; onOverflow: gap goes on instead.',
  },
  closed: {
    means: 'Something is used after it was closed.',
    remedy: 'Open it again.',
  },
  aborted: {
    means: 'It was cancelled by who had started it.',
    remedy: 'Start it again when it is wanted.',
  },
  'not-authorized': {
    means: 'The agent does not know this client, has not let it in yet, or turned it away.',
    remedy: 'On its machine, run the sercli authorize that the message has.',
  },
  'peer-error': {
    means: 'The other side reports an error that this release does not know.',
    remedy: 'Read its message; install the same release on both machines.',
  },
  'frame-too-large': {
    means: 'A frame is longer than its limit. The other side is faulty, or is not sercli.',
    remedy: 'Check what answers there; report it if it is sercli.',
  },
  'frame-unknown': {
    means: 'A frame of a type came that this release does not know.',
    remedy: 'Install the same release on both machines.',
  },
  'frame-malformed': {
    means: 'A frame does not have the form of its type. The other side is faulty, or is not sercli.',
    remedy: 'Check what answers there; report it if it is sercli.',
  },
  'frame-unexpected': {
    means: 'A frame came where it does not belong. The other side is faulty.',
    remedy: 'Report it if it is sercli.',
  },
  'credit-exceeded': {
    means: 'More bytes came than were asked for. The other side is faulty.',
    remedy: 'Report it if it is sercli.',
  },
  'peer-silent': {
    means: 'Nothing came for so long that the other side counts as dead.',
    remedy: 'Check the network; sessions go on when it is back.',
  },
  'peer-not-reading': {
    means: 'The other side takes nothing of what is sent to it.',
    remedy: 'Look at its machine: it is stopped or overloaded. Sessions go on on the next connection.',
  },
};
