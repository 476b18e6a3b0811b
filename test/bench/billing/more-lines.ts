import type { Firm, FirmConsultant, FirmProject } from '../../../apps/sandbox/src/firm/firm.js';
import { Kantata } from '../../faults/seeds/kantata.js';
import type { BenchHouse } from './bench-house.js';

/** Days that the firm's own approved lines leave free, after every project's start. */
const DAYS = ['2026-10-05', '2026-10-06', '2026-10-07', '2026-10-08', '2026-10-09'];
const BULK = 100;
const AT_ONCE = 8;

interface Booking {
  consultant: FirmConsultant;
  project: FirmProject;
  dates: string[];
}

/** People book more time while the bench runs: over the PSA's REST API, a sheet a person. */
export class MoreLines {
  readonly #kantata: Kantata;
  readonly #people: { consultant: FirmConsultant; project: FirmProject }[];
  #workspaces = new Map<string, number>();
  #users = new Map<string, number>();
  #taken = 0;

  private constructor(house: BenchHouse) {
    this.#kantata = new Kantata(house.endpoints.kantata);
    this.#people = bookable(house.firm);
  }

  static async of(house: BenchHouse): Promise<MoreLines> {
    const more = new MoreLines(house);
    const { projects, users } = await more.#kantata.directory();
    more.#workspaces = new Map([...projects].map(([workspace, id]) => [id, Number(workspace)]));
    more.#users = new Map([...users].map(([user, email]) => [email, Number(user)]));
    return more;
  }

  /** Books, submits and approves about `count` lines, as many as there are people with free days. Answers how many, when the last is approved. */
  async approve(count: number): Promise<number> {
    const bookings: Booking[] = [];
    for (let left = count; left > 0 && this.#taken < this.#people.length; left -= DAYS.length)
      bookings.push({ ...this.#people[this.#taken++], dates: DAYS.slice(0, Math.min(DAYS.length, left)) });
    const lines = bookings.flatMap(booking => booking.dates.map(date => ({ booking, date })));
    const ids = new Map<Booking, number[]>(bookings.map(booking => [booking, []]));
    for (let at = 0; at < lines.length; at += BULK) {
      const some = lines.slice(at, at + BULK);
      const made = await this.#kantata.call('POST', 'time_entries', { time_entries: some.map(({ booking, date }) => this.#entry(booking, date)) });
      for (const [index, { id }] of made.results.entries()) ids.get(some[index].booking)!.push(Number(id));
    }
    const submissions: number[] = [];
    const open = [...ids];
    await Promise.all(
      Array.from({ length: AT_ONCE }, async () => {
        for (let next = open.pop(); next; next = open.pop()) submissions.push(await this.#submit(...next));
      }),
    );
    for (let at = 0; at < submissions.length; at += BULK)
      await this.#kantata.call('POST', 'timesheet_approvals', {
        resolution: { submission_ids: submissions.slice(at, at + BULK), description: 'approved' },
      });
    return lines.length;
  }

  async #submit({ project }: Booking, ids: number[]): Promise<number> {
    const fields = { title: 'bench', workspace_id: this.#workspaces.get(project.id), line_item_ids: ids };
    return Number((await this.#kantata.call('POST', 'timesheet_submissions', { timesheet_submission: fields })).results[0].id);
  }

  #entry({ consultant, project }: Booking, date: string): object {
    return {
      workspace_id: this.#workspaces.get(project.id),
      user_id: this.#users.get(consultant.email),
      date_performed: date,
      time_in_minutes: 450,
      billable: true,
      notes: 'bench',
    };
  }
}

/** Who was at work all those days, on the first of their projects that is open and has no cap. */
function bookable(firm: Firm): { consultant: FirmConsultant; project: FirmProject }[] {
  const [first, last] = [DAYS[0], DAYS.at(-1)!];
  const projects = new Map<string, FirmProject>();
  for (const project of firm.projects) {
    if (project.closedOn !== null || project.notToExceed !== null || project.startDate > first || project.endDate < last) continue;
    for (const number of project.team) if (!projects.has(number)) projects.set(number, project);
  }
  const away = (one: FirmConsultant) => one.leave.some(({ from, to }) => from <= last && (to === null || to >= first));
  return firm.consultants
    .filter(one => one.hiredOn <= first && one.terminatedOn === null && !away(one) && projects.has(one.employeeNumber))
    .map(consultant => ({ consultant, project: projects.get(consultant.employeeNumber)! }));
}
