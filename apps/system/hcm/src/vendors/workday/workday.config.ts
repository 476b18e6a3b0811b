import { IsInt, IsOptional, IsUrl, Matches, Max, Min } from 'class-validator';
import { Setting } from '#service';

/** How a Workday tenant is reached and which of its fields mean what. */
export class WorkdayConfig {
  @Setting({
    env: 'WORKDAY_WSDL',
    description:
      'Address of the Human_Resources web service, e.g. https://wd2-impl-services1.workday.com/ccx/service/acme/Human_Resources/v44.2, with or without ?wsdl. It names the tenant and the version too.',
  })
  @IsUrl({ require_tld: false })
  @Matches(/\/ccx\/service\/[^/]+\/Human_Resources\/v\d+\.\d+(\?wsdl)?$/, {
    message: 'WORKDAY_WSDL must end in /ccx/service/<tenant>/Human_Resources/v<nn.n>',
  })
  wsdl: string;

  @Setting({ env: 'WORKDAY_USERNAME', description: 'The integration system user, with or without @tenant.' })
  username: string;

  @Setting({ env: 'WORKDAY_PASSWORD', secret: true, description: 'Its password; WORKDAY_PASSWORD_FILE names a file that holds it.' })
  password: string;

  @Setting({ env: 'WORKDAY_TENANT', optional: true, description: 'The tenant, where it is not the one that WORKDAY_WSDL names.' })
  @IsOptional()
  tenant?: string;

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
    env: 'WORKDAY_EXTENSIONS',
    default: [],
    description:
      "The firm's own fields to carry along, as name=Organization_Type_ID, separated by commas, e.g. region=REGION: the worker's organisation of that type becomes the extension.",
  })
  @Matches(/^[^=]+=[^=]+$/, { each: true, message: 'WORKDAY_EXTENSIONS must be name=Organization_Type_ID, separated by commas' })
  extensions: string[];

  @Setting({ env: 'WORKDAY_CONCURRENCY', default: 4, description: 'Calls at once to the tenant, by all replicas together.' })
  @IsInt()
  @Min(1)
  @Max(50)
  concurrency: number;

  @Setting({
    env: 'WORKDAY_TIMEOUT_MS',
    default: 60_000,
    description: 'How long one answer may take, retries included. Large tenants need up to 300000.',
  })
  @IsInt()
  @Min(1_000)
  timeoutMs: number;

  @Setting({
    env: 'WORKDAY_PAGE_SIZE',
    default: 100,
    description: 'Workers per page, up to 999. Lower it when the tenant drops connections in large answers.',
  })
  @IsInt()
  @Min(1)
  @Max(999)
  pageSize: number;
}

/** The address's parts, and the tenant that user names end in. */
export function addressOf({ wsdl, tenant }: WorkdayConfig): { baseUrl: string; servicePath: string; tenant: string; version: string } {
  const url = new URL(wsdl);
  const [, , , named, , version] = url.pathname.split('/');
  return { baseUrl: url.origin, servicePath: url.pathname, tenant: tenant ?? named, version };
}
