import { Argument, Command } from 'commander';
import { version } from './program-version.ts';

const exitCodes = `
Exit codes: 0 done, 1 failed, 2 wrong usage, 3 not found, 4 refused, 5 busy, 6 lost, 7 not let in (yet).`;

const completedShells = ['bash', 'zsh', 'fish'];

const installing = `
To install it:
  bash  echo 'source <(sercli completion bash)' >>~/.bashrc
  zsh   echo 'source <(sercli completion zsh)' >>~/.zshrc     (behind compinit)
  fish  sercli completion fish >~/.config/fish/completions/sercli.fish`;

/** What `sercli` understands. Completion and the reference of the documentation are made from it. */
export const program: Command = new Command('sercli')
  .description('Use a serial port of another machine as if it were local.')
  .version(version)
  .addHelpText('after', exitCodes)
  .showHelpAfterError('(sercli COMMAND --help says more)')
  .exitOverride();

const several = (value: string, before: readonly string[]): readonly string[] => [...before, value];

const agent = program
  .command('agent')
  .description('Serve the serial ports of this machine.')
  .option('--config <path>', 'read this sercli.yaml (default: $SERCLI_CONFIG, ~/.config/sercli, /etc/sercli)')
  .option('--check', 'only read the configuration and say whether it is right')
  .option('--name <name>', 'what the agent is called (default: the host name)')
  .option(
    '--port <spec>',
    '[name=]DEVICE[,SETTINGS]; DEVICE is a path, sim:KIND or exec:COMMAND; repeatable',
    several,
    [],
  )
  .option('--all', 'with --port: serve every free port of the machine too')
  .option('--listen <addr:port>', 'where to listen (default: all interfaces, TCP port 7372); repeatable', several, [])
  .option(
    '--tcp <spec>',
    '[ADDR:]TCPPORT=PORT[,PROTOCOL]: also serve a port to programs without sercli, which are not asked who they are; PROTOCOL is auto, raw, telnet, rfc2217 or nullmodem; repeatable',
    several,
    [],
  )
  .option('--open', 'let everybody on private networks control every port, without being authorised')
  .option('--keep-open', 'open the devices at the start and keep them open')
  .option('--linger <ms>', 'how long a device stays open after its last session (default: 0)')
  .option('--no-advertise', 'do not let the agent be found on the network (mDNS)')
  .option('--json', 'log and events as JSON lines')
  .action(async (flags) => (await import('./commands/agent.ts')).runAgent(flags));

agent
  .command('reload')
  .description('Make the agents of this user on this machine read their configuration again.')
  .action(async () => (await import('./commands/agent-reload.ts')).runAgentReload());

program
  .command('attach')
  .description('Make ports of agents local virtual ports.')
  .argument('[address...]', 'host[:tcpPort]/name')
  .option('--config <path>', 'attach what this sercli.yaml lists under attachments')
  .option('--link <path>', 'the link to make to the virtual port (default: ~/dev/NAME)')
  .option('--settings <settings>', 'set the line at the beginning: 9600,7E1 or 115200n81,rtscts')
  .option('--fixed-settings', 'what the application sets does not reach the device')
  .option('--monitor', 'only watch: what the application writes is counted and goes nowhere')
  .option('--take', 'take control from who has it; the other one goes on watching')
  .option('--replay <start>', 'begin with what came before: @OFFSET[/EPOCH], an amount as 64k, since=10m, or all')
  .option('--mode <mode>', 'file mode of the virtual port, as 0660')
  .option('--owner <user>', 'owner of the virtual port')
  .option('--group <group>', 'group of the virtual port')
  .option('--wait-slave', 'open the far port only while an application has the virtual port open')
  .option('--grace <time>', 'how long a cut connection is waited for until the port is opened anew (default: 10m)')
  .option('--retry', 'wait for agents, ports and devices that are not there yet (default under systemd)')
  .option('--no-wait', 'fail when the agent does not know this client yet; it is asked to let it in all the same')
  .option('--once', 'end when the application closes the virtual port, or when the far port is lost')
  .option('--json', 'events as JSON lines')
  .action(async (addresses, flags) => (await import('./commands/attach.ts')).runAttach(addresses, flags));

program
  .command('ls')
  .description('List agents and their ports: all that are found, or those of one host.')
  .argument('[host]', 'host[:tcpPort]; localhost is the agent of this machine')
  .option('--watch', 'go on, and show what comes, goes and changes')
  .option('--interface <interface>', 'search on this network interface alone')
  .option('--json', 'as JSON; with --watch a line for each change')
  .action(async (host, flags) => (await import('./commands/ls.ts')).runLs(host, flags));

program
  .command('who')
  .description('List who uses the ports of an agent.')
  .argument('<address>', 'host[:tcpPort], or host[:tcpPort]/name for one port')
  .option('--json', 'as JSON')
  .action(async (address, flags) => (await import('./commands/who.ts')).runWho(address, flags));

program
  .command('authorize')
  .description(
    'List who may use the agent of this machine and who waits to be let in; let in, turn away or remove a client.',
  )
  .argument('[fingerprint]', 'of the client: the 16 characters that are shown, or all 52')
  .option('--role <role>', 'control or monitor, which only watches (default: control)')
  .option('--ports <patterns>', "the ports that it may use, as 'ttyS*,plc' (default: all)")
  .option('--name <name>', 'what it is called here (default: what it calls itself)')
  .option('--remove', 'admit the client no longer, and end its sessions')
  .option('--deny', 'turn a waiting client away')
  .option('--agent <agent>', 'the agent that is meant, where several run on this machine')
  .option('--json', 'print who is authorised and who waits as JSON')
  .action(async (client, flags) => (await import('./commands/authorize.ts')).runAuthorize(client, flags));

program
  .command('console')
  .description('A plain terminal on a port; Ctrl-] leaves.')
  .argument('<address>', 'host[:tcpPort]/name, or the path of a serial port of this machine')
  .option('--settings <settings>', 'set the line at the beginning: 9600,7E1 or 115200n81,rtscts')
  .option('--monitor', 'only watch: what is typed goes nowhere')
  .option('--take', 'take control from who has it; the other one goes on watching')
  .option('--replay <start>', 'begin with what came before: @OFFSET[/EPOCH], an amount as 64k, since=10m, or all')
  .option('--no-wait', 'fail when the agent does not know this client yet; it is asked to let it in all the same')
  .action(async (address, flags) => (await import('./commands/console.ts')).runConsole(address, flags));

program
  .command('lines')
  .description('Show the modem lines of a port, and set DTR and RTS, both at once.')
  .argument('<address>', 'host[:tcpPort]/name')
  .option('--dtr <level>', 'set DTR: on or off')
  .option('--rts <level>', 'set RTS: on or off')
  .option('--watch', 'go on, and show each line that changes')
  .option('--take', 'to set them, take control from who has it; the other one goes on watching')
  .option('--json', 'as JSON lines')
  .action(async (address, flags) => (await import('./commands/lines.ts')).runLines(address, flags));

program
  .command('break')
  .description('Send a break, behind what was written before.')
  .argument('<address>', 'host[:tcpPort]/name')
  .option('--ms <n>', 'how long, in milliseconds', '250')
  .option('--take', 'take control from who has it; the other one goes on watching')
  .option('--json', 'as JSON')
  .action(async (address, flags) => (await import('./commands/break.ts')).runBreak(address, flags));

program
  .command('reset')
  .description('Run a line sequence, which resets a board or starts its bootloader; the agent times it.')
  .argument('<address>', 'host[:tcpPort]/name')
  .option('--as <sequence>', "its name, or the sequence itself: 'dtr=off,rts=on 100ms rts=off'")
  .option('--list', 'list the sequences that have names')
  .option('--take', 'take control from who has it; the other one goes on watching')
  .option('--json', 'as JSON')
  .action(async (address, flags) => (await import('./commands/reset.ts')).runReset(address, flags));

program
  .command('trust')
  .description('List the agents that are known by their keys; make one known, or forget one.')
  .argument('[host]', 'host[:tcpPort], as it is written to reach the agent')
  .argument('[fingerprint]', 'of its key: all 52 characters, or the 16 that are shown, which it has to prove')
  .option('--remove', 'forget the agent')
  .option('--json', 'print the known agents as JSON')
  .action(async (host, print, flags) => (await import('./commands/trust.ts')).runTrust(host, print, flags));

program
  .command('import')
  .description('Print the sercli.yaml of a configuration of ser2net, and tell what is not carried over.')
  .argument('<file>', 'a ser2net.conf or ser2net.yaml')
  .option('--json', 'as JSON')
  .action(async (file, flags) => (await import('./commands/import.ts')).runImport(file, flags));

program
  .command('ser2net')
  .description('Serve serial ports as ser2net does, with its options and its configuration.')
  .option('-c <file>', 'the configuration, - for standard input (default: /etc/ser2net/ser2net.yaml)')
  .option('-C <line>', 'a line of ser2net.conf, instead of the default configuration; repeatable', several, [])
  .option('-Y <text>', 'YAML behind the configuration, with # for a new line; repeatable', several, [])
  .option('-n', 'stay in the foreground')
  .option('-d', 'stay in the foreground, and log all that happens')
  .option('-u', 'make no UUCP lock files')
  .option('-p <port>', 'taken for compatibility: there is no admin interface, and the log says so')
  .option('-P <file>', 'write the process id to this file')
  .option('-s <signature>', 'what RFC 2217 clients are told that they are connected to')
  .option('-t <threads>', 'taken for compatibility: any number of ports is served without threads')
  .option('-b', 'taken for compatibility: speeds of Cisco IOS are understood in any case')
  .option('-v', 'print the version of ser2net that is followed')
  .action(async (flags) => (await import('./commands/ser2net.ts')).runSer2net(flags));

program
  .command('identity')
  .description('Print what this user is known by: the fingerprint, and the file of the key.')
  .option('--make <path>', 'make a new identity in this file, for another machine')
  .option('--json', 'as JSON')
  .action(async (flags) => (await import('./commands/identity.ts')).runIdentity(flags));

program
  .command('demo')
  .description('Serve a simulated modem, attach it here and open a terminal on it.')
  .option('--link <path>', 'the link to make to the virtual port (default: ~/dev/modem)')
  .action(async (flags) => (await import('./commands/demo.ts')).runDemo(flags));

program
  .command('completion')
  .description('Print the script by which a shell completes commands, flags, hosts and ports.')
  .addArgument(new Argument('<shell>', 'the shell').choices(completedShells))
  .addHelpText('after', installing)
  .action(async (shell) => (await import('./commands/completion.ts')).runCompletion(shell));

program
  .command('complete', { hidden: true })
  .description('What the scripts of the completion command ask.')
  .addArgument(new Argument('<shell>').choices(completedShells))
  .argument('[words...]')
  .action(async (shell, words) => (await import('./commands/complete.ts')).runComplete(program, shell, words));
