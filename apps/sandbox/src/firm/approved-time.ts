import { isWorkDay, mondayOf, plusDays } from './days.js';
import { Dice } from './dice.js';
import type { Firm, FirmConsultant, FirmProject } from './firm.js';

/** Time that somebody of a project's team worked on it, submitted with its week and approved. */
export interface FirmTime {
  employeeNumber: string;
  projectId: string;
  date: string;
  /** The Monday of its week. */
  week: string;
  minutes: number;
  /** The task of the person's role; the first of the project when none is. */
  taskId: string;
}

const DAY_MINUTES = 480;
const DAYS_BACK = 14;
const FEW = 50;

/**
 * `count` lines on the work days of the two weeks before the firm's day, full weeks first: one for
 * each consultant and work day; if that isn't enough, each day is split into as many as needed.
 * Nobody works more than eight hours a day, on days off, before being hired, on leave, or on a
 * project that is closed or capped. If there are more than a few lines, the last ones are a day
 * each of those who work abroad or for a customer of another legal entity. The same firm and count
 * give the same lines.
 */
export function approvedTime(firm: Firm, count: number): FirmTime[] {
  const dates = Array.from({ length: DAYS_BACK }, (_, index) => plusDays(firm.asOf, index - DAYS_BACK)).filter(isWorkDay);
  const days = dates.map(date => ({ date, week: mondayOf(date) }));
  const elsewhere = count < FEW ? [] : timeElsewhere(firm, dates);
  const atHome = count - elsewhere.length;
  const people = atWork(firm, dates);
  if (count > 0 && people.length === 0) throw new Error('nobody of the firm is on the team of a project that could be booked on');
  const personDays = people.reduce((sum, { person }) => sum + dates.filter(date => worksOn(person, date)).length, 0);
  const slots = Math.ceil(atHome / Math.max(1, personDays));
  const dice = new Dice(firm.seed * 7919 + 61);
  const lines: FirmTime[] = [];
  for (let slot = 0; slot < slots; slot++) {
    for (const { person, projects } of people) {
      for (const { date, week } of days.filter(day => worksOn(person, day.date))) {
        if (lines.length === atHome) return [...lines, ...elsewhere];
        const project = projects[(slot + (week === days[0].week ? 0 : 1)) % projects.length];
        // Six to eight hours of a day with one line, else an even part of eight.
        const minutes = slots === 1 ? dice.pick([360, 420, 450, 480]) : Math.floor(DAY_MINUTES / slots);
        const task = project.tasks.find(({ role }) => role === person.role) ?? project.tasks[0];
        lines.push({ employeeNumber: person.employeeNumber, projectId: project.id, date, week, minutes, taskId: task.id });
      }
    }
  }
  return [...lines, ...elsewhere];
}

/** A day of each who works elsewhere, the last of the two weeks. */
function timeElsewhere(firm: Firm, dates: string[]): FirmTime[] {
  const date = dates.at(-1)!;
  return firm.projects
    .filter(project => isElsewhere(firm, project))
    .flatMap(({ id, team, tasks: [{ id: taskId }] }) =>
      team.map(employeeNumber => ({ employeeNumber, projectId: id, date, week: mondayOf(date), minutes: 450, taskId })),
    );
}

/**
 * Whether a project's customer is in a country without an entity of the firm, or belongs to another
 * entity.
 */
const isElsewhere = ({ customers, entities }: Firm, project: FirmProject): boolean => {
  const { country, entity: own } = customers.find(({ number }) => number === project.customerNumber)!;
  return project.entity !== own || !entities.some(entity => entity.country === country);
};

/** Part-time people work on the first days of a week. */
const worksOn = ({ weeklyHours }: FirmConsultant, date: string): boolean =>
  (Date.parse(date) - Date.parse(mondayOf(date))) / 86_400_000 < (weeklyHours * 60) / DAY_MINUTES;

/** Consultants who work on all of the days, with the projects that they may book on. */
function atWork(firm: Firm, days: string[]): { person: FirmConsultant; projects: FirmProject[] }[] {
  const { consultants, projects } = firm;
  const [first, last] = [days[0], days.at(-1)!];
  const gone = new Set(projects.filter(project => isElsewhere(firm, project)).flatMap(({ team }) => team));
  const teams = new Map<string, FirmProject[]>();
  for (const project of projects) {
    if (project.closedOn !== null || project.notToExceed !== null || project.startDate > first || project.endDate < last) continue;
    for (const number of project.team.filter(one => !gone.has(one))) teams.set(number, [...(teams.get(number) ?? []), project]);
  }
  const away = (one: FirmConsultant) => one.leave.some(({ from, to }) => from <= last && (to === null || to >= first));
  return consultants
    .filter(one => one.hiredOn <= first && one.terminatedOn === null && !away(one))
    .flatMap(person => (teams.has(person.employeeNumber) ? { person, projects: teams.get(person.employeeNumber)! } : []));
}
