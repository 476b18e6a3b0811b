import type { Firm } from '../firm/firm.js';
import { REGIONS } from '../firm/vocabulary.js';
import type { GetWorkers } from './get-workers-request.js';
import { zonedDate, zonedMoment } from './pacific-time.js';
import { activeOn, onLeave, wid, type Transaction, type WorkerLeave, type Workers, type WorkerState } from './workers.js';
import { wd, type Markup } from './xml.js';

/**
 * Parts of the answer that the integration user has no right to: left out in silence, as Workday
 * does.
 */
export type Withheld = ReadonlySet<
  'Personal_Data' | 'Employment_Data' | 'Compensation_Data' | 'Organization_Data' | 'Management_Chain_Data' | 'Skill_Data'
>;

interface Context {
  asked: GetWorkers;
  workers: Workers;
  firm: Firm;
  withheld: Withheld;
}

/** One `Worker` with the groups that were asked for. */
export function workerMarkup(worker: WorkerState, log: Transaction[], context: Context): Markup | undefined {
  const { asked, withheld } = context;
  const when = (group: string, part: () => Markup | undefined) => (asked.groups.has(group) ? part() : undefined);
  const unless = (name: Parameters<Withheld['has']>[0], part: Markup | undefined) => (withheld.has(name) ? undefined : part);
  return wd(
    'Worker',
    when('Include_Reference', () => workerReference('Worker_Reference', worker.employeeId, fullName(worker))),
    when('Include_Reference', () => wd('Worker_Descriptor', `${fullName(worker)} (${worker.employeeId})`)),
    wd(
      'Worker_Data',
      wd('Worker_ID', worker.employeeId),
      wd('User_ID', worker.email.split('@')[0]),
      when('Include_Personal_Information', () => unless('Personal_Data', personal(worker, context))),
      when('Include_Employment_Information', () => unless('Employment_Data', employment(worker, context))),
      when('Include_Compensation', () =>
        unless('Compensation_Data', wd('Compensation_Data', wd('Compensation_Effective_Date', zonedDate(asked.asOfDate)))),
      ),
      when('Include_Organizations', () => unless('Organization_Data', organizations(worker, context))),
      when('Include_Management_Chain_Data', () => unless('Management_Chain_Data', managementChain(worker, context))),
      when('Include_Transaction_Log_Data', () => transactionLog(log, context)),
      when('Include_Skills', () => unless('Skill_Data', skills(worker))),
    ),
  );
}

const fullName = ({ firstName, lastName }: WorkerState): string => `${firstName} ${lastName}`;

/** A reference: its descriptor for people, and ids by type. */
function reference(name: string, descriptor: string, ids: Record<string, string>): Markup | undefined {
  return wd(
    name,
    { Descriptor: descriptor },
    Object.entries(ids).map(([type, id]) => wd('ID', { type }, id)),
  );
}

const workerReference = (name: string, employeeId: string, descriptor: string) =>
  reference(name, `${descriptor} (${employeeId})`, { WID: wid('worker', employeeId), Employee_ID: employeeId });

function personal(worker: WorkerState, { firm }: Context): Markup | undefined {
  const country = firm.entities.find(({ code }) => code === worker.entity)?.country ?? 'US';
  const detail = wd(
    'Name_Detail_Data',
    { Formatted_Name: fullName(worker), Reporting_Name: `${worker.lastName}, ${worker.firstName}` },
    reference('Country_Reference', country, { WID: wid('country', country), 'ISO_3166-1_Alpha-2_Code': country }),
    wd('First_Name', worker.firstName),
    wd('Last_Name', worker.lastName),
  );
  const work = reference('Type_Reference', 'Work', { WID: wid('usage', 'WORK'), Communication_Usage_Type_ID: 'WORK' });
  return wd(
    'Personal_Data',
    wd('Name_Data', wd('Legal_Name_Data', detail), wd('Preferred_Name_Data', detail)),
    wd(
      'Contact_Data',
      wd('Email_Address_Data', wd('Email_Address', worker.email), wd('Usage_Data', { Public: 1 }, wd('Type_Data', { Primary: 1 }, work))),
    ),
  );
}

function employment(worker: WorkerState, context: Context): Markup | undefined {
  return wd('Employment_Data', wd('Worker_Job_Data', { Primary_Job: 1 }, position(worker, context)), status(worker, context.asked.asOfDate));
}

const FULL_WEEK = 40;

function position(worker: WorkerState, { firm, workers, asked }: Context): Markup | undefined {
  const role = firm.roles.find(({ code }) => code === worker.role);
  const { weeklyHours } = firm.consultants.find(({ employeeNumber }) => employeeNumber === worker.employeeId) ?? { weeklyHours: FULL_WEEK };
  const name = role?.name ?? worker.role;
  const manager = worker.managerId ? workers.at(worker.managerId, asked.asOfDate, asked.asOfMoment) : undefined;
  return wd(
    'Position_Data',
    reference('Position_Reference', `${name} ${worker.employeeId}`, {
      WID: wid('position', worker.employeeId),
      Position_ID: `P-${worker.employeeId}`,
    }),
    wd('Position_ID', `P-${worker.employeeId}`),
    wd('Position_Title', name),
    wd('Business_Title', name),
    wd('Start_Date', zonedDate(worker.hiredOn)),
    reference('Worker_Type_Reference', 'Regular', { WID: wid('employee-type', 'Regular'), Employee_Type_ID: 'Regular' }),
    wd('Scheduled_Weekly_Hours', weeklyHours),
    wd('Default_Weekly_Hours', FULL_WEEK),
    wd('Full_Time_Equivalent_Percentage', (weeklyHours * 100) / FULL_WEEK),
    wd(
      'Job_Profile_Summary_Data',
      reference('Job_Profile_Reference', name, { WID: wid('job-profile', worker.role), Job_Profile_ID: worker.role }),
      wd('Job_Exempt', true),
      wd('Job_Profile_Name', name),
    ),
    wd(
      'Business_Site_Summary_Data',
      reference('Location_Reference', worker.location, { WID: wid('location', worker.location), Location_ID: worker.location.toUpperCase() }),
      wd('Name', worker.location),
      address(worker.location),
    ),
    manager && workerReference('Manager_as_of_last_detected_manager_change_Reference', manager.employeeId, fullName(manager)),
  );
}

/** The address of one of the firm's offices; other locations never got an address. */
function address(location: string): Markup | undefined {
  const region = REGIONS[location];
  if (region === undefined) return undefined;
  const country = region.slice(0, 2);
  return wd(
    'Address_Data',
    reference('Country_Reference', country, { WID: wid('country', country), 'ISO_3166-1_Alpha-2_Code': country }),
    wd('Municipality', location),
    reference('Country_Region_Reference', region, { WID: wid('region', region), 'ISO_3166-2_Code': region }),
  );
}

function status(worker: WorkerState, date: string): Markup | undefined {
  const active = activeOn(worker, date);
  return wd(
    'Worker_Status_Data',
    wd('Active', active),
    wd('Active_Status_Date', zonedDate(worker.terminatedOn ?? worker.hiredOn)),
    wd('Hire_Date', zonedDate(worker.hiredOn)),
    wd('Original_Hire_Date', zonedDate(worker.hiredOn)),
    wd('End_Employment_Date', worker.terminatedOn && zonedDate(worker.terminatedOn)),
    wd('First_Day_of_Work', zonedDate(worker.hiredOn)),
    wd('Retired', false),
    wd('Terminated', worker.terminatedOn !== null && !active),
    wd('Termination_Date', worker.terminatedOn && zonedDate(worker.terminatedOn)),
    wd('Termination_Last_Day_of_Work', worker.terminatedOn && zonedDate(worker.terminatedOn)),
    wd('Hire_Rescinded', worker.hireRescinded),
    worker.leaves.map(leave => leaveStatus(leave, date)),
  );
}

function leaveStatus(leave: WorkerLeave, date: string): Markup | undefined {
  const type = leave.type.toUpperCase().replaceAll(' ', '_');
  return wd(
    'Leave_Status_Data',
    reference('Leave_Request_Event_Reference', `Leave Request: ${leave.type}`, { WID: leave.id }),
    wd('On_Leave', onLeave(leave, date)),
    wd('Leave_Start_Date', zonedDate(leave.from)),
    wd('Estimated_Leave_End_Date', leave.estimatedEnd && zonedDate(leave.estimatedEnd)),
    wd('Leave_End_Date', leave.ended && zonedDate(leave.ended)),
    reference('Leave_of_Absence_Type_Reference', leave.type, { WID: wid('leave-type', type), Leave_of_Absence_Type_ID: type }),
  );
}

function organizations(worker: WorkerState, { asked, firm }: Context): Markup | undefined {
  const company = firm.entities.find(({ code }) => code === worker.entity);
  const costCentre = firm.costCentres.find(({ code }) => code === worker.costCentre);
  const team = worker.managerId ?? worker.employeeId;
  return wd('Organization_Data', [
    asked.groups.has('Exclude_Companies')
      ? undefined
      : organization(worker.entity, company?.name ?? worker.entity, 'COMPANY', 'Company_Reference_ID'),
    asked.groups.has('Exclude_Cost_Centers')
      ? undefined
      : organization(worker.costCentre, costCentre?.practice ?? worker.costCentre, 'COST_CENTER', 'Cost_Center_Reference_ID'),
    worker.agency ? organization(worker.agency, worker.agency, 'AGENCY') : undefined,
    asked.groups.has('Exclude_Supervisory_Organizations') ? undefined : organization(`SUP-${team}`, `Team of ${team}`, 'SUPERVISORY'),
  ]);
}

function organization(code: string, name: string, type: string, ownIdType?: string): Markup | undefined {
  const ids = { WID: wid('organization', code), Organization_Reference_ID: code, ...(ownIdType ? { [ownIdType]: code } : {}) };
  return wd(
    'Worker_Organization_Data',
    reference('Organization_Reference', name, ids),
    wd(
      'Organization_Data',
      wd('Organization_Reference_ID', code),
      wd('Organization_Code', code),
      wd('Organization_Name', name),
      reference('Organization_Type_Reference', type, { WID: wid('organization-type', type), Organization_Type_ID: type }),
    ),
  );
}

/** From the top down; the last is the direct manager. */
function managementChain(worker: WorkerState, { workers, asked }: Context): Markup | undefined {
  const chain: WorkerState[] = [];
  for (let id = worker.managerId; id !== null;) {
    const manager = workers.at(id, asked.asOfDate, asked.asOfMoment);
    if (!manager || chain.some(one => one.employeeId === id)) break;
    chain.unshift(manager);
    id = manager.managerId;
  }
  const entries = chain.map(manager =>
    wd(
      'Management_Chain_Data',
      reference('Organization_Reference', `Team of ${manager.employeeId}`, {
        WID: wid('organization', `SUP-${manager.employeeId}`),
        Organization_Reference_ID: `SUP-${manager.employeeId}`,
      }),
      workerReference('Manager_Reference', manager.employeeId, fullName(manager)),
    ),
  );
  return wd('Management_Chain_Data', wd('Worker_Supervisory_Management_Chain_Data', entries));
}

function skills(worker: WorkerState): Markup | undefined {
  const items = worker.skills.map(skill =>
    wd(
      'Worker_Skill_Item',
      reference('Skill_Reference', skill, { WID: wid('skill', skill), Skill_Reference_ID: skill.toUpperCase().replaceAll(' ', '_') }),
    ),
  );
  return wd('Skill_Data', items);
}

function transactionLog(log: Transaction[], { workers, asked }: Context): Markup | undefined {
  const entries = log.map(transaction => {
    const marks = workers.marks(transaction, asked.asOfMoment);
    return wd(
      'Transaction_Log_Entry',
      reference('Transaction_Log_Reference', transaction.type, { WID: wid('log', transaction.id) }),
      wd(
        'Transaction_Log_Data',
        wd('Transaction_Log_Description', `${transaction.type}: ${transaction.employeeId}`),
        wd('Transaction_Effective_Moment', `${transaction.effective}T00:00:00.000${zonedDate(transaction.effective).slice(10)}`),
        wd('Transaction_Entry_Moment', zonedMoment(transaction.entered)),
        reference('Transaction_Log_Type_Reference', transaction.type, {
          WID: wid('transaction-type', transaction.type),
          Business_Process_Type: transaction.type,
        }),
        reference('Transaction_Target_Reference', transaction.employeeId, { WID: wid('worker', transaction.employeeId) }),
        wd('Is_Rescind_Or_Rescinded', marks.rescind),
        wd('Is_Correction_Or_Corrected', marks.correction),
      ),
    );
  });
  return wd('Transaction_Log_Entry_Data', entries);
}
