// As it is built: who loads this file would take the sources of all commands along.
import { program } from '../../../packages/cli/dist/program.js';

type Command = typeof program;

/** An argument or an option. */
interface Entry {
  readonly term: string;
  readonly does: string;
}

interface CommandPage {
  /** `sercli agent reload` */
  readonly name: string;
  readonly usage: string;
  readonly does: string;
  readonly arguments: readonly Entry[];
  readonly options: readonly Entry[];
}

declare const data: CommandPage[];

export { data };

/** The program and all its commands, as its help has them. */
export default {
  load(): CommandPage[] {
    return describe(program);
  },
};

function describe(command: Command): CommandPage[] {
  const help = command.createHelp();
  const usage = help.commandUsage(command);
  const page: CommandPage = {
    name: usage.replace(/ [[<].*/, ''),
    usage,
    does: help.commandDescription(command),
    arguments: help.visibleArguments(command).map((argument) => ({
      term: help.argumentTerm(argument),
      does: help.argumentDescription(argument),
    })),
    options: help
      .visibleOptions(command)
      .filter((option) => option.long !== '--help')
      // What may be repeated begins with none.
      .map((option) => ({
        term: help.optionTerm(option),
        does: help.optionDescription(option).replace(' (default: [])', ''),
      })),
  };
  const commands = help.visibleCommands(command).filter((each) => each.name() !== 'help');
  return [page, ...commands.flatMap(describe)];
}
