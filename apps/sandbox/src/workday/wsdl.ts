import { BSVC } from './soap.js';

/**
 * The service's description, reduced to what Get_Workers needs. Namespace, service and port names
 * are Workday's; elements and attributes are qualified. Elements are listed as `name: type`, with
 * `*` for many.
 */
const TYPES = {
  Get_Workers_RequestType: {
    attributes: ['version'],
    elements: `Request_References: Worker_Request_ReferencesType, Request_Criteria: Worker_Request_CriteriaType, Response_Filter: Response_FilterType,
      Response_Group: Worker_Response_GroupType`,
  },
  Worker_Request_ReferencesType: {
    attributes: ['Skip_Non_Existing_Instances', 'Ignore_Invalid_References'],
    elements: 'Worker_Reference: ObjectType*',
  },
  Worker_Request_CriteriaType: {
    elements: `Transaction_Log_Criteria_Data: Transaction_Log_CriteriaType*, Organization_Reference: ObjectType*, Country_Reference: ObjectType*,
      Include_Subordinate_Organizations: xsd:boolean, Exclude_Inactive_Workers: xsd:boolean, Exclude_Employees: xsd:boolean,
      Exclude_Contingent_Workers: xsd:boolean`,
  },
  Transaction_Log_CriteriaType: {
    elements: 'Transaction_Date_Range_Data: Effective_And_Updated_DateTime_DataType, Transaction_Type_References: Transaction_Type_ReferencesType',
  },
  Effective_And_Updated_DateTime_DataType: {
    elements: 'Updated_From: xsd:dateTime, Updated_Through: xsd:dateTime, Effective_From: xsd:dateTime, Effective_Through: xsd:dateTime',
  },
  Transaction_Type_ReferencesType: { elements: 'Transaction_Type_Reference: ObjectType*' },
  Response_FilterType: { elements: 'As_Of_Effective_Date: xsd:date, As_Of_Entry_DateTime: xsd:dateTime, Page: xsd:decimal, Count: xsd:decimal' },
  Worker_Response_GroupType: {
    elements: `Include_Reference: xsd:boolean, Include_Personal_Information: xsd:boolean, Include_Additional_Jobs: xsd:boolean,
      Include_Employment_Information: xsd:boolean, Include_Compensation: xsd:boolean, Include_Organizations: xsd:boolean,
      Exclude_Organization_Support_Role_Data: xsd:boolean, Exclude_Location_Hierarchies: xsd:boolean, Exclude_Cost_Centers: xsd:boolean,
      Exclude_Companies: xsd:boolean, Exclude_Matrix_Organizations: xsd:boolean, Exclude_Pay_Groups: xsd:boolean, Exclude_Regions: xsd:boolean,
      Exclude_Supervisory_Organizations: xsd:boolean, Exclude_Teams: xsd:boolean, Exclude_Custom_Organizations: xsd:boolean,
      Exclude_Business_Units: xsd:boolean, Include_Roles: xsd:boolean, Include_Management_Chain_Data: xsd:boolean,
      Include_Multiple_Managers_in_Management_Chain_Data: xsd:boolean, Include_Qualifications: xsd:boolean, Include_Skills: xsd:boolean,
      Include_Photo: xsd:boolean, Include_Worker_Documents: xsd:boolean, Include_Transaction_Log_Data: xsd:boolean,
      Include_Employee_Contract_Data: xsd:boolean, Include_User_Account: xsd:boolean, Include_Account_Provisioning: xsd:boolean`,
  },
  Get_Workers_ResponseType: {
    attributes: ['version'],
    elements: `Request_References: Worker_Request_ReferencesType, Request_Criteria: Worker_Request_CriteriaType, Response_Filter: Response_FilterType,
      Response_Group: Worker_Response_GroupType, Response_Results: Response_ResultsType, Response_Data: Workers_Response_DataType,
      Invalid_Reference_ID_Response: Invalid_Reference_ID_ResponseType*`,
  },
  Response_ResultsType: { elements: 'Total_Results: xsd:decimal, Total_Pages: xsd:decimal, Page_Results: xsd:decimal, Page: xsd:decimal' },
  Invalid_Reference_ID_ResponseType: { elements: 'Invalid_Reference: Invalid_Reference_ID_DataType*' },
  Invalid_Reference_ID_DataType: { elements: 'Invalid_Reference_ID: xsd:string, Invalid_Reference_ID_Type: xsd:string' },
  Workers_Response_DataType: { elements: 'Worker: WorkerType*' },
  WorkerType: { elements: 'Worker_Reference: ObjectType, Worker_Descriptor: xsd:string, Worker_Data: Worker_DataType' },
  Worker_DataType: {
    elements: `Worker_ID: xsd:string, User_ID: xsd:string, Personal_Data: Personal_DataType, Employment_Data: Employment_DataType,
      Compensation_Data: Compensation_DataType, Organization_Data: Organization_DataType, Management_Chain_Data: Management_Chain_DataType,
      Transaction_Log_Entry_Data: Transaction_Log_Entry_DataType, Skill_Data: Worker_Skill_Item_DataType`,
  },
  Personal_DataType: { elements: 'Name_Data: Name_DataType, Contact_Data: Contact_DataType' },
  Name_DataType: { elements: 'Legal_Name_Data: Named_DataType, Preferred_Name_Data: Named_DataType' },
  Named_DataType: { elements: 'Name_Detail_Data: Name_Detail_DataType' },
  Name_Detail_DataType: {
    attributes: ['Formatted_Name', 'Reporting_Name'],
    elements: 'Country_Reference: ObjectType, First_Name: xsd:string, Middle_Name: xsd:string, Last_Name: xsd:string',
  },
  Contact_DataType: { elements: 'Email_Address_Data: Email_Address_DataType*' },
  Email_Address_DataType: { elements: 'Email_Address: xsd:string, Usage_Data: Usage_DataType*' },
  Usage_DataType: { attributes: ['Public'], elements: 'Type_Data: Usage_Type_DataType*' },
  Usage_Type_DataType: { attributes: ['Primary'], elements: 'Type_Reference: ObjectType' },
  Employment_DataType: { elements: 'Worker_Job_Data: Worker_Job_DataType*, Worker_Status_Data: Worker_Status_DataType' },
  Worker_Job_DataType: { attributes: ['Primary_Job'], elements: 'Position_Data: Position_DataType' },
  Position_DataType: {
    elements: `Position_Reference: ObjectType, Position_ID: xsd:string, Position_Title: xsd:string, Business_Title: xsd:string, Start_Date: xsd:date,
      Worker_Type_Reference: ObjectType, Scheduled_Weekly_Hours: xsd:decimal, Default_Weekly_Hours: xsd:decimal,
      Full_Time_Equivalent_Percentage: xsd:decimal, Job_Profile_Summary_Data: Job_Profile_Summary_DataType,
      Business_Site_Summary_Data: Business_Site_Summary_DataType, End_Date: xsd:date,
      Manager_as_of_last_detected_manager_change_Reference: ObjectType*, Effective_Date: xsd:date`,
  },
  Job_Profile_Summary_DataType: {
    elements: 'Job_Profile_Reference: ObjectType, Job_Exempt: xsd:boolean, Management_Level_Reference: ObjectType, Job_Profile_Name: xsd:string',
  },
  Business_Site_Summary_DataType: { elements: 'Location_Reference: ObjectType, Name: xsd:string, Address_Data: Address_Information_DataType*' },
  Address_Information_DataType: { elements: 'Country_Reference: ObjectType, Municipality: xsd:string, Country_Region_Reference: ObjectType' },
  Worker_Status_DataType: {
    elements: `Active: xsd:boolean, Active_Status_Date: xsd:date, Hire_Date: xsd:date, Original_Hire_Date: xsd:date, End_Employment_Date: xsd:date,
      First_Day_of_Work: xsd:date, Retired: xsd:boolean, Terminated: xsd:boolean, Termination_Date: xsd:date,
      Termination_Last_Day_of_Work: xsd:date, Hire_Rescinded: xsd:boolean, Leave_Status_Data: Leave_Status_DataType*`,
  },
  Leave_Status_DataType: {
    elements: `Leave_Request_Event_Reference: ObjectType, Leave_Return_Event_Reference: ObjectType, On_Leave: xsd:boolean, Leave_Start_Date: xsd:date,
      Estimated_Leave_End_Date: xsd:date, Leave_End_Date: xsd:date, Leave_of_Absence_Type_Reference: ObjectType`,
  },
  Compensation_DataType: { elements: 'Compensation_Effective_Date: xsd:date' },
  Organization_DataType: { elements: 'Worker_Organization_Data: Worker_Organization_DataType*' },
  Worker_Organization_DataType: { elements: 'Organization_Reference: ObjectType, Organization_Data: Organization_Summary_DataType' },
  Organization_Summary_DataType: {
    elements:
      'Organization_Reference_ID: xsd:string, Organization_Code: xsd:string, Organization_Name: xsd:string, Organization_Type_Reference: ObjectType',
  },
  Management_Chain_DataType: { elements: 'Worker_Supervisory_Management_Chain_Data: Worker_Supervisory_Management_Chain_DataType' },
  Worker_Supervisory_Management_Chain_DataType: { elements: 'Management_Chain_Data: Management_Chain_EntryType*' },
  Management_Chain_EntryType: { elements: 'Organization_Reference: ObjectType, Manager_Reference: ObjectType' },
  Transaction_Log_Entry_DataType: { elements: 'Transaction_Log_Entry: Transaction_Log_EntryType*' },
  Transaction_Log_EntryType: { elements: 'Transaction_Log_Reference: ObjectType, Transaction_Log_Data: Transaction_Log_DataType' },
  Transaction_Log_DataType: {
    elements: `Transaction_Log_Description: xsd:string, Transaction_Effective_Moment: xsd:dateTime, Transaction_Entry_Moment: xsd:dateTime,
      Transaction_Log_Type_Reference: ObjectType, Transaction_Target_Reference: ObjectType, Is_Rescind_Or_Rescinded: xsd:boolean,
      Is_Correction_Or_Corrected: xsd:boolean`,
  },
  Worker_Skill_Item_DataType: { elements: 'Worker_Skill_Item: SkillType*' },
  SkillType: { elements: 'Skill_Reference: ObjectType' },
  ObjectType: { attributes: ['Descriptor'], elements: 'ID: ObjectIDType*' },
  Validation_FaultType: { elements: 'Validation_Error: Validation_ErrorType*' },
  Validation_ErrorType: { elements: 'Message: xsd:string, Detail_Message: xsd:string, Xpath: xsd:string' },
  Processing_FaultType: { elements: 'Detail_Message: xsd:string' },
} satisfies Record<string, { attributes?: string[]; elements: string }>;

const ELEMENTS: Record<string, keyof typeof TYPES> = {
  Get_Workers_Request: 'Get_Workers_RequestType',
  Get_Workers_Response: 'Get_Workers_ResponseType',
  Validation_Fault: 'Validation_FaultType',
  Processing_Fault: 'Processing_FaultType',
};

function complexType(name: string, { attributes = [], elements }: { attributes?: string[]; elements: string }): string {
  const parts = elements.split(',').map(line => {
    const [element, type] = line.trim().split(/:\s+/);
    const many = type.endsWith('*') ? ' maxOccurs="unbounded"' : '';
    const plain = type.replace('*', '');
    return `<xsd:element name="${element}" type="${plain.startsWith('xsd:') ? plain : `wd:${plain}`}" minOccurs="0"${many}/>`;
  });
  const own = attributes.map(attribute => `<xsd:attribute name="${attribute}" type="xsd:string"/>`);
  return `<xsd:complexType name="${name}"><xsd:sequence>${parts.join('')}</xsd:sequence>${own.join('')}</xsd:complexType>`;
}

const OBJECT_ID =
  '<xsd:complexType name="ObjectIDType"><xsd:simpleContent><xsd:extension base="xsd:string"><xsd:attribute name="type" type="xsd:string" use="required"/></xsd:extension></xsd:simpleContent></xsd:complexType>';

/** The WSDL as served at `location`. */
export function wsdlAt(location: string): string {
  const types = Object.entries(TYPES).map(([name, type]) => complexType(name, type));
  const elements = Object.entries(ELEMENTS).map(([name, type]) => `<xsd:element name="${name}" type="wd:${type}"/>`);
  const messages = [
    ['Get_WorkersInputMsg', 'Get_Workers_Request'],
    ['Get_WorkersOutputMsg', 'Get_Workers_Response'],
    ['Validation_FaultMsg', 'Validation_Fault'],
    ['Processing_FaultMsg', 'Processing_Fault'],
  ].map(([name, element]) => `<wsdl:message name="${name}"><wsdl:part name="body" element="wd:${element}"/></wsdl:message>`);
  const faults = ['Validation_Fault', 'Processing_Fault'];
  return `<?xml version="1.0" encoding="UTF-8"?>
<wsdl:definitions xmlns:wsdl="http://schemas.xmlsoap.org/wsdl/" xmlns:soapbind="http://schemas.xmlsoap.org/wsdl/soap/" xmlns:xsd="http://www.w3.org/2001/XMLSchema" xmlns:wd="${BSVC}" name="Human_Resources" targetNamespace="${BSVC}">
<wsdl:types><xsd:schema elementFormDefault="qualified" attributeFormDefault="qualified" targetNamespace="${BSVC}">
${[...elements, OBJECT_ID, ...types].join('\n')}
</xsd:schema></wsdl:types>
${messages.join('\n')}
<wsdl:portType name="Human_ResourcesPort"><wsdl:operation name="Get_Workers"><wsdl:input message="wd:Get_WorkersInputMsg"/><wsdl:output message="wd:Get_WorkersOutputMsg"/>${faults.map(name => `<wsdl:fault name="${name}" message="wd:${name}Msg"/>`).join('')}</wsdl:operation></wsdl:portType>
<wsdl:binding name="Human_ResourcesBinding" type="wd:Human_ResourcesPort"><soapbind:binding style="document" transport="http://schemas.xmlsoap.org/soap/http"/><wsdl:operation name="Get_Workers"><soapbind:operation soapAction="" style="document"/><wsdl:input><soapbind:body use="literal"/></wsdl:input><wsdl:output><soapbind:body use="literal"/></wsdl:output>${faults.map(name => `<wsdl:fault name="${name}"><soapbind:fault name="${name}" use="literal"/></wsdl:fault>`).join('')}</wsdl:operation></wsdl:binding>
<wsdl:service name="Human_ResourcesService"><wsdl:port name="Human_Resources" binding="wd:Human_ResourcesBinding"><soapbind:address location="${location}"/></wsdl:port></wsdl:service>
</wsdl:definitions>`;
}
