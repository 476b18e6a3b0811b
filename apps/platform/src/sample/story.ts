import type { Journey, JourneyStep } from './journeys.js';

/** Lines for the terminal. Coloured only on a terminal. */
const colour = process.stdout.isTTY && !process.env.NO_COLOR;
const paint = (code: number) => (text: string) => (colour ? `\u001b[${code}m${text}\u001b[0m` : text);
export const bold = paint(1);
export const dim = paint(2);
export const red = paint(31);
export const green = paint(32);
export const yellow = paint(33);

const MARKS: Record<string, string> = { done: green('✓'), waiting: yellow('…'), failed: red('✗'), undone: yellow('↺') };

export function stepLine({ at, text, system, outcome, refs }: JourneyStep): string {
  const where = refs
    .map(ref => `${ref.type} ${ref.nativeId}`)
    .slice(0, 3)
    .join(', ');
  const more = refs.length > 3 ? ` and ${refs.length - 3} more` : '';
  return `  ${MARKS[outcome.toLowerCase()] ?? '·'} ${dim(at.slice(11, 23))} ${system.padEnd(12)} ${text}${where ? dim(`  ${where}${more}`) : ''}`;
}

/** What blocks a journey: the desk, the reasons, and the cure. */
export const blockingLines = ({ blocking }: Journey): string[] =>
  blocking.flatMap(({ owner, reasons, needs }) => [
    ...reasons.map(reason => `  ${red('!')} ${reason.text}`),
    ...needs.filter(need => !need.met).map(need => `    ${dim(`${owner.toLowerCase().replaceAll('_', '-')}:`)} ${need.cure.text}`),
  ]);

export const say = (line = ''): void => console.log(line);
