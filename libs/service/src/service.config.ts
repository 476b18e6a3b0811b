import { IsIn, Matches } from 'class-validator';
import { IsHttpUrl } from './config/http-url-rule.js';
import { IsOrigin } from './config/origin-rule.js';
import { IsNetwork } from './config/network-rule.js';
import { LONGEST_WAIT_MS, Setting } from './config/setting.js';

/** The settings that every app needs to be served. */
export class ServiceConfig {
  @Setting({ env: 'PORT', default: 8080, within: [0, 65_535], description: 'The port an app listens on when it runs alone.' })
  port: number;

  @Setting({ env: 'HOST', default: '127.0.0.1', description: 'The address it listens on; 0.0.0.0 in a container.' })
  host: string;

  @Setting({
    env: 'ISSUER_URL',
    default: 'http://127.0.0.1:8081',
    description: 'The OpenID issuer whose tokens are accepted; its keys are found by discovery.',
  })
  @IsHttpUrl()
  issuerUrl: string;

  @Setting({
    env: 'DOCS_CLIENT_ID',
    default: 'docs',
    description:
      "The issuer's public client by which readers of the reference at /docs sign in, by authorization code with PKCE. Its redirect addresses are <gateway><prefix>/docs/oauth2-redirect.html of each app.",
  })
  docsClientId: string;

  @Setting({
    env: 'ISSUER_KEYS_REFRESH_SECONDS',
    default: 300,
    within: [1, 86_400],
    description: "How often the issuer's signing keys are read again.",
  })
  issuerKeysRefreshSeconds: number;

  @Setting({
    env: 'ISSUER_KEYS_MAX_AGE_HOURS',
    default: 24,
    within: [1, 8_760],
    description: 'How long signing keys are used while the issuer is away. After that no token can be checked, and calls are answered 503.',
  })
  issuerKeysMaxAgeHours: number;

  @Setting({ env: 'GATEWAY_URL', default: 'http://127.0.0.1:8080', description: 'Where the other apps are reached.' })
  @IsHttpUrl()
  gatewayUrl: string;

  @Setting({
    env: 'DATABASE_URL',
    secret: true,
    optional: true,
    description:
      "The Postgres database, as the app's own role, e.g. postgres://acme_crm:password@127.0.0.1:5432/acme. <APP>_DATABASE_URL, e.g. TIME_TO_BILLING_DATABASE_URL, goes before it where apps share an environment. The platform on one machine brings its own.",
  })
  @Matches(/^postgres(ql)?:\/\//, { message: '$property must be a Postgres URL' })
  databaseUrl?: string;

  @Setting({ env: 'LOG_LEVEL', default: 'info', description: 'fatal, error, warn, info, debug, trace or silent.' })
  @IsIn(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'])
  logLevel: string;

  @Setting({ env: 'LOG_FILE', optional: true, description: 'A file for the log; standard output without it.' })
  logFile?: string;

  @Setting({
    env: 'CONFORMANCE',
    default: 'strict',
    description:
      'What happens when an app serves something else than it declares (a route without a document, a scope, an audit row): strict refuses to start it and names every finding, report logs them.',
  })
  @IsIn(['strict', 'report'])
  conformance: 'strict' | 'report';

  @Setting({
    env: 'ANSWER_CHECK_SAMPLE',
    default: 0.01,
    within: [0, 1],
    fractions: true,
    description:
      'The share of answers that an app compares with its own OpenAPI document, from 0 (none) to 1 (all). An answer that differs is sent as it is, counted (throughline_answer_mismatches_total) and logged without its values.',
  })
  answerCheckSample: number;

  @Setting({
    env: 'RATE_LIMIT_PER_MINUTE',
    default: 30_000,
    within: [1, 1_000_000_000],
    description:
      "The plan of a deployment that has made none: calls of each client in a minute, over all apps and replicas. The firm's own services (scope act-for) do not count.",
  })
  rateLimitPerMinute: number;

  @Setting({
    env: 'RATE_LIMIT_PER_MINUTE_ADDRESS',
    default: 600,
    within: [1, 1_000_000_000],
    description:
      'Calls without a valid token an app takes from one network address in a minute, per replica. Calls with one are never refused by it.',
  })
  rateLimitPerMinuteOfAddress: number;

  @Setting({
    env: 'TRUSTED_PROXIES',
    default: ['127.0.0.1', '::1'],
    description: 'Addresses and networks (10.0.0.0/8) of the proxies whose X-Forwarded-For is believed; nobody when empty.',
  })
  @IsNetwork({ each: true })
  trustedProxies: string[];

  @Setting({
    env: 'CORS_ORIGINS',
    default: [],
    description: 'Origins whose pages may read answers in a browser (https://portal.example.com); none when empty.',
  })
  @IsOrigin({ each: true })
  corsOrigins: string[];

  @Setting({ env: 'BODY_LIMIT_BYTES', default: 1_048_576, within: [1_024, 268_435_456], description: 'The largest request body that is read.' })
  bodyLimitBytes: number;

  @Setting({
    env: 'ANSWER_LIMIT_BYTES',
    default: 16_777_216,
    within: [65_536, 268_435_456],
    description: 'The largest answer that is sent; in the place of a larger one the caller is told to ask for less.',
  })
  answerLimitBytes: number;

  @Setting({
    env: 'REQUEST_TIMEOUT_MS',
    default: 60_000,
    within: [100, LONGEST_WAIT_MS],
    description: 'How long a request that writes nothing may take. It ends sooner when its caller is gone: its statement is cancelled.',
  })
  requestTimeoutMs: number;

  @Setting({
    env: 'WRITE_TIMEOUT_MS',
    default: 100_000,
    within: [1_000, LONGEST_WAIT_MS],
    description: 'How long a request that writes may take. It goes on without its caller, and its answer is kept under its Idempotency-Key.',
  })
  writeTimeoutMs: number;

  @Setting({
    env: 'IDEMPOTENCY_TTL_HOURS',
    default: 24,
    within: [1, 8_760],
    description: 'How long the first answer to an Idempotency-Key is kept and replayed.',
  })
  idempotencyTtlHours: number;

  @Setting({
    env: 'USAGE_DAYS',
    default: 400,
    within: [30, 3_650],
    description: 'How many days it is kept which consumer used which operation and field.',
  })
  usageDays: number;

  @Setting({
    env: 'SHUTDOWN_DELAY_MS',
    default: 0,
    within: [0, LONGEST_WAIT_MS],
    description: 'How long a stopping app still takes requests while it says it is not ready, so that load balancers notice.',
  })
  shutdownDelayMs: number;

  @Setting({
    env: 'SHUTDOWN_TIMEOUT_MS',
    default: 30_000,
    within: [0, LONGEST_WAIT_MS],
    description: 'How long a stopping app waits for the requests it is answering.',
  })
  shutdownTimeoutMs: number;
}
