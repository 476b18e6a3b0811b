import { givenTo, usageOf } from './arguments.js';
import { WrongUse, type Command, type Io } from './command.js';

export type Commands = Readonly<Record<string, Command>>;

/**
 * Runs one command: answers its exit code, and 2 with a line to `err` when it was used wrongly.
 * Without a command, and with `--help`, it lists the commands.
 */
export async function run(commands: Commands, args: readonly string[], world: Io, err: (line: string) => void): Promise<number> {
  const io: Io = { ...world, out: text => world.out(shown(text)) };
  const [name, ...rest] = args;
  if (name === undefined || name === '--help' || name === '-h' || name === 'help') {
    io.out(help(commands));
    return 0;
  }
  try {
    const command = Object.hasOwn(commands, name) ? commands[name] : undefined;
    if (!command) throw new WrongUse(`there is no command ${name}; there are ${Object.keys(commands).join(', ')}`);
    if (rest.includes('--help') || rest.includes('-h')) {
      io.out(`npm run api -- ${usageOf(name, command)}\n\n${command.summary}\n`);
      return 0;
    }
    return await command.run(givenTo(name, command, rest), io);
  } catch (error) {
    if (!(error instanceof WrongUse)) throw error;
    err(shown(error.message.replaceAll(/\s*\n\s*/g, ' ')));
    return 2;
  }
}

/**
 * A text whose control and format characters are written out as JSON does: documents that somebody
 * sends must not command the terminal, or turn what it shows. JSON stays the same JSON.
 */
const shown = (text: string): string =>
  text.replace(/[^\n\t\P{Cc}]|\p{Cf}/gu, character =>
    Array.from({ length: character.length }, (_, at) => `\\u${character.charCodeAt(at).toString(16).padStart(4, '0')}`).join(''),
  );

function help(commands: Commands): string {
  const lines = Object.entries(commands).flatMap(([name, command]) => [`  ${usageOf(name, command)}`, `      ${command.summary}`]);
  return `npm run api -- <command>

${lines.join('\n')}

Exit code: 0 fine, 1 a breaking change or findings, 2 wrong use. With --json say \`npm run -s api -- …\`:
npm itself prints the script's name to stdout otherwise.
`;
}
