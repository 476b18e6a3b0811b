import { describe, expect, it } from 'vitest';
import { readGetWorkers } from './workers.wire.js';

describe('what Workday answers', () => {
  const answer = (inside: string) =>
    `<env:Envelope xmlns:env="http://schemas.xmlsoap.org/soap/envelope/"><env:Body><wd:Get_Workers_Response xmlns:wd="urn:com.workday/bsvc"><wd:Response_Results><wd:Total_Results>1</wd:Total_Results><wd:Total_Pages>1</wd:Total_Pages></wd:Response_Results><wd:Response_Data>${inside}</wd:Response_Data></wd:Get_Workers_Response></env:Body></env:Envelope>`;
  const reference = '<wd:Worker_Reference><wd:ID wd:type="WID">0a</wd:ID><wd:ID wd:type="Employee_ID">17</wd:ID></wd:Worker_Reference>';
  const worker = (data: string) => readGetWorkers(answer(`<wd:Worker>${reference}<wd:Worker_Data>${data}</wd:Worker_Data></wd:Worker>`)).workers[0];

  it('keeps the day of a date whatever its zone', () => {
    const status = (date: string) =>
      worker(`<wd:Employment_Data><wd:Worker_Status_Data><wd:Hire_Date>${date}</wd:Hire_Date></wd:Worker_Status_Data></wd:Employment_Data>`);
    for (const date of ['2026-03-01', '2026-03-01-08:00', '2026-03-01+14:00', '2026-03-01Z']) expect(status(date).hireDate).toBe('2026-03-01');
  });

  it('takes the direct manager from the end of the chain when the position names none', () => {
    const entry = (id: string) =>
      `<wd:Management_Chain_Data><wd:Manager_Reference><wd:ID wd:type="Employee_ID">${id}</wd:ID></wd:Manager_Reference></wd:Management_Chain_Data>`;
    const chain = `<wd:Management_Chain_Data><wd:Worker_Supervisory_Management_Chain_Data>${entry('1')}${entry('5')}</wd:Worker_Supervisory_Management_Chain_Data></wd:Management_Chain_Data>`;
    expect(worker(chain).managerId).toBe('5');
  });

  it('takes the primary job of several, and the work address of several', () => {
    const job = (primary: number, profile: string) =>
      `<wd:Worker_Job_Data wd:Primary_Job="${primary}"><wd:Position_Data><wd:Job_Profile_Summary_Data><wd:Job_Profile_Reference><wd:ID wd:type="Job_Profile_ID">${profile}</wd:ID></wd:Job_Profile_Reference></wd:Job_Profile_Summary_Data></wd:Position_Data></wd:Worker_Job_Data>`;
    const email = (usage: string) =>
      `<wd:Email_Address_Data><wd:Email_Address>${usage}@x.example</wd:Email_Address><wd:Usage_Data><wd:Type_Data><wd:Type_Reference><wd:ID wd:type="Communication_Usage_Type_ID">${usage}</wd:ID></wd:Type_Reference></wd:Type_Data></wd:Usage_Data></wd:Email_Address_Data>`;
    const read = worker(
      `<wd:Personal_Data><wd:Contact_Data>${email('HOME')}${email('WORK')}</wd:Contact_Data></wd:Personal_Data><wd:Employment_Data>${job(0, 'A')}${job(1, 'B')}</wd:Employment_Data>`,
    );
    expect([read.jobProfileId, read.workEmail]).toEqual(['B', 'WORK@x.example']);
  });

  it.each([
    ['its reference', '<wd:Worker><wd:Worker_Data/></wd:Worker>', ['WID present', 'Employee_ID present']],
    ['anything', '<wd:Worker/>', ['WID present', 'Employee_ID present']],
  ])('names what a worker without %s lacks, and reads the others', (_, bad, broken) => {
    const [first, second] = readGetWorkers(answer(`${bad}<wd:Worker>${reference}</wd:Worker>`)).workers;
    expect([first.broken.map(({ field, rule }) => `${field} ${rule}`), second.wid, second.broken]).toEqual([broken, '0a', []]);
  });

  const position = (inside: string) =>
    worker(`<wd:Employment_Data><wd:Worker_Job_Data><wd:Position_Data>${inside}</wd:Position_Data></wd:Worker_Job_Data></wd:Employment_Data>`);

  it.each([
    ['DE', 'DE-BY', { country: 'DE', region: 'DE-BY' }],
    ['DE', 'BY', { country: 'DE', region: 'DE-BY' }],
    ['DE', '', { country: 'DE', region: undefined }],
    ['QQ', 'QQ-1', { country: undefined, region: undefined }],
    ['', 'DE-BY', { country: undefined, region: undefined }],
  ])('reads where somebody works from the address of their location: %s, %s', (country, region, workplace) => {
    const id = (name: string, type: string, code: string) => (code === '' ? '' : `<wd:${name}><wd:ID wd:type="${type}">${code}</wd:ID></wd:${name}>`);
    const address = id('Country_Reference', 'ISO_3166-1_Alpha-2_Code', country) + id('Country_Region_Reference', 'ISO_3166-2_Code', region);
    const read = position(`<wd:Business_Site_Summary_Data><wd:Address_Data>${address}</wd:Address_Data></wd:Business_Site_Summary_Data>`);
    expect({ country: read.country, region: read.region }).toEqual(workplace);
  });

  it.each([
    ['<wd:Full_Time_Equivalent_Percentage>60</wd:Full_Time_Equivalent_Percentage><wd:Scheduled_Weekly_Hours>40</wd:Scheduled_Weekly_Hours>', '0.6'],
    ['<wd:Scheduled_Weekly_Hours>25</wd:Scheduled_Weekly_Hours><wd:Default_Weekly_Hours>37.5</wd:Default_Weekly_Hours>', '0.666667'],
    ['<wd:Scheduled_Weekly_Hours>25</wd:Scheduled_Weekly_Hours>', undefined],
    ['<wd:Scheduled_Weekly_Hours>25</wd:Scheduled_Weekly_Hours><wd:Default_Weekly_Hours>0</wd:Default_Weekly_Hours>', undefined],
    ['', undefined],
  ])('reads how much of full time a contract is: %s', (inside, share) => {
    expect(position(inside).fullTimeShare).toBe(share);
  });

  it('names a share of full time that is no number', () => {
    const { broken, fullTimeShare } = position('<wd:Full_Time_Equivalent_Percentage>half</wd:Full_Time_Equivalent_Percentage>');
    expect([broken, fullTimeShare]).toEqual([[{ field: 'Full_Time_Equivalent_Percentage', rule: 'amount' }], undefined]);
  });

  it('names a date of a worker that is none', () => {
    const read = worker(
      '<wd:Employment_Data><wd:Worker_Status_Data><wd:Hire_Date>2026-02-30</wd:Hire_Date></wd:Worker_Status_Data></wd:Employment_Data>',
    );
    expect(read.broken).toEqual([{ field: 'Hire_Date', rule: 'day' }]);
  });

  it('reads text with characters that XML reserves', () => {
    const name =
      '<wd:Personal_Data><wd:Name_Data><wd:Legal_Name_Data><wd:Name_Detail_Data wd:Formatted_Name="Zo&#235; &amp; &quot;Q&quot; O&#39;Neil"/></wd:Legal_Name_Data></wd:Name_Data></wd:Personal_Data>';
    expect(worker(name).name).toBe(`Zoë & "Q" O'Neil`);
  });
});
