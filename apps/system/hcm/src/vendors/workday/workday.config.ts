import { IsIn, Matches } from 'class-validator';
import { IsHttpUrl, LONGEST_WAIT_MS, Setting } from '#service';

/** How to reach a Workday tenant, and the meaning of its fields. */
export class WorkdayConfig {
  @Setting({ env: 'WORKDAY_BASE_URL', description: "The tenant's web service host, e.g. https://wd2-impl-services1.workday.com." })
  @IsHttpUrl()
  baseUrl: string;

  @Setting({ env: 'WORKDAY_TENANT', description: 'The tenant, as in addresses and behind the @ of user names.' })
  @Matches(/^[^/@\s]+$/, { message: 'WORKDAY_TENANT must be a name without / and @' })
  tenant: string;

  @Setting({ env: 'WORKDAY_VERSION', default: 'v44.2', description: 'Version of the web service Human_Resources.' })
  @Matches(/^v\d+\.\d+$/, { message: 'WORKDAY_VERSION must look like v44.2' })
  version: string;

  @Setting({ env: 'WORKDAY_USERNAME', description: 'The integration system user, with or without @tenant.' })
  username: string;

  @Setting({ env: 'WORKDAY_PASSWORD', secret: true, description: 'Its password; WORKDAY_PASSWORD_FILE names a file that holds it.' })
  password: string;

  @Setting({
    env: 'WORKDAY_COST_RATE_REPORT',
    default: 'ISU_Integration/Cost_Rates',
    description:
      'Owner and name of the advanced report, enabled as a web service, that lists cost rates in columns Employee_ID, Cost_Rate (per hour), Currency and Effective_Date; none: cost rates are not read.',
  })
  @Matches(/^(none|[^/]+\/[^/]+)$/, { message: 'WORKDAY_COST_RATE_REPORT must be owner/report or none' })
  costRateReport: string;

  @Setting({
    env: 'WORKDAY_COST_RATE_PROMPT',
    default: 'Worker!Employee_ID',
    description: "The report's prompt for workers, which takes several employee ids separated by !.",
  })
  costRatePrompt: string;

  @Setting({
    env: 'WORKDAY_COMPANY_TYPE',
    default: 'COMPANY',
    description: 'Organization_Type_ID of the organisations that are legal entities; their reference ids are the canonical legal entity codes.',
  })
  companyType: string;

  @Setting({
    env: 'WORKDAY_COST_CENTRE_TYPE',
    default: 'COST_CENTER',
    description: 'Organization_Type_ID of cost centres; their reference ids are the canonical cost centre codes.',
  })
  costCentreType: string;

  @Setting({
    env: 'WORKDAY_AGENCY_TYPE',
    default: 'none',
    description:
      'Organization_Type_ID of the organisations that stand for agencies which lend people; their reference ids are the codes of the agencies. none: nobody is lent.',
  })
  agencyType: string;

  @Setting({
    env: 'WORKDAY_EXTENSIONS',
    default: [],
    description:
      "The firm's own fields to carry along, as name=Organization_Type_ID, separated by commas, e.g. region=REGION: the worker's organisation of that type becomes the extension.",
  })
  @Matches(/^[^=]+=[^=]+$/, { each: true, message: 'WORKDAY_EXTENSIONS must be name=Organization_Type_ID, separated by commas' })
  extensions: string[];

  @Setting({
    env: 'WORKDAY_MANAGER',
    default: 'position',
    description:
      "Where a worker's manager is read: position, or management-chain where positions don't show it; that makes answers half as large again.",
  })
  @IsIn(['position', 'management-chain'])
  manager: string;

  @Setting({ env: 'WORKDAY_CONCURRENCY', default: 4, within: [1, 50], description: 'Calls at once to the tenant, by all replicas together.' })
  concurrency: number;

  @Setting({
    env: 'WORKDAY_TIMEOUT_MS',
    default: 60_000,
    within: [1_000, LONGEST_WAIT_MS],
    description: 'How long one answer may take, retries included. Large tenants need up to 300000.',
  })
  timeoutMs: number;

  @Setting({
    env: 'WORKDAY_PAGE_SIZE',
    default: 100,
    within: [1, 999],
    description: 'Workers per page, up to 999. Lower it when the tenant drops connections in large answers.',
  })
  pageSize: number;
}
