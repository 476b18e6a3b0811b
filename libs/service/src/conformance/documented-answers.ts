import addFormats from 'ajv-formats';
import { Ajv2020, type ErrorObject, type ValidateFunction } from 'ajv/dist/2020.js';
import type { OpenAPIObject } from '@nestjs/swagger';

/** How an answer breaks its document; nothing of it is from the answer's values. */
export interface AnswerFault {
  /** JSON pointer in the answer; indexes and names that the document doesn't have are `*`. */
  pointer: string;
  /** The keyword of the schema, or `status`, `content-type`, `content`, `json`. */
  rule: string;
  /** What the document asks for there. */
  text: string;
}

/** An answer as it is sent. */
export interface SentAnswer {
  method: string;
  /** As a router has it: `/v1/deals/:id`. */
  path: string;
  status: number;
  /** `application/json; charset=utf-8` */
  contentType?: string;
  /** Empty: no content. */
  text: string;
}

interface Response {
  $ref?: string;
  content?: Record<string, unknown>;
}

/** A response of the document, and where it is. */
interface Declared {
  at: string;
  response: Response;
}

const ROOT = 'urn:throughline:document';
const PROBLEM = 'application/problem+json';

const escaped = (token: string): string => encodeURIComponent(token.replace(/~/g, '~0').replace(/\//g, '~1'));
const mediaTypeOf = (contentType = ''): string => contentType.split(';')[0].trim().toLowerCase();
const fault = (rule: string, text: string): AnswerFault => ({ pointer: '', rule, text });

/** Checks answers by one OpenAPI document. Each schema is compiled when it is first needed. */
export class DocumentedAnswers {
  readonly #ajv = new Ajv2020({ strict: false, validateSchema: false, logger: false });
  readonly #compiled = new Map<string, ValidateFunction>();
  readonly #names: ReadonlySet<string>;

  constructor(private readonly document: Pick<OpenAPIObject, 'paths' | 'components'>) {
    addFormats.default(this.#ajv);
    this.#ajv.addFormat('decimal', /^-?\d+(\.\d+)?$/);
    this.#ajv.addSchema({ $id: ROOT, ...document });
    this.#names = new Set(namesIn(document));
  }

  /** Whether the document has the operation. */
  has(method: string, path: string): boolean {
    return this.#operation(method, path) !== undefined;
  }

  /** How the answer of an operation differs from what the document says of it, if it does. */
  faultOf({ method, path, status, contentType, text }: SentAnswer): AnswerFault | undefined {
    const declared = this.#responseOf(method, path, status);
    if (!declared) return fault('status', `the document has no answer with status ${status}`);
    const { content } = declared.response;
    if (!content) return text === '' ? undefined : fault('content', 'the document has no content there');
    if (text === '') return fault('content', 'the document has content there');
    const mediaType = mediaTypeOf(contentType);
    if (!(mediaType in content)) return fault('content-type', `the document has ${Object.keys(content).join(', ')}`);
    return this.#schemaFault(`${declared.at}/content/${escaped(mediaType)}/schema`, text);
  }

  /** How a problem differs from the schema of every problem; for answers of no operation. */
  problemFaultOf(contentType: string | undefined, text: string): AnswerFault | undefined {
    return mediaTypeOf(contentType) === PROBLEM ? this.#schemaFault('#/components/schemas/Problem', text) : undefined;
  }

  #operation(method: string, path: string): { responses?: Record<string, Response> } | undefined {
    const item = this.document.paths[pathOf(path)] as Record<string, object> | undefined;
    return item?.[method.toLowerCase()];
  }

  #responseOf(method: string, path: string, status: number): Declared | undefined {
    const responses = this.#operation(method, path)?.responses ?? {};
    const key = String(status) in responses ? String(status) : 'default';
    const response = responses[key] as Response | undefined;
    if (!response) return undefined;
    const { $ref } = response;
    if (!$ref) return { at: `#/paths/${escaped(pathOf(path))}/${method.toLowerCase()}/responses/${key}`, response };
    return { at: $ref, response: this.document.components?.responses?.[$ref.split('/').at(-1)!] as Response };
  }

  #schemaFault(at: string, text: string): AnswerFault | undefined {
    let value: unknown;
    try {
      value = JSON.parse(text);
    } catch {
      return fault('json', 'the document has JSON there');
    }
    const validate = this.#validateOf(at);
    if (!validate) return fault('schema', 'its schema can not be compiled');
    return validate(value) ? undefined : this.#worst(validate.errors ?? []);
  }

  #validateOf(at: string): ValidateFunction | undefined {
    const known = this.#compiled.get(at);
    if (known) return known;
    try {
      const made = this.#ajv.compile({ $ref: ROOT + at });
      this.#compiled.set(at, made);
      return made;
    } catch {
      return undefined;
    }
  }

  /** The deepest error tells most: those above it say only that one of several did not fit. */
  #worst(errors: ErrorObject[]): AnswerFault {
    const depth = ({ instancePath }: ErrorObject): number => instancePath.split('/').length;
    const { instancePath, keyword, message = '' } = errors.reduce((worst, error) => (depth(error) > depth(worst) ? error : worst));
    const pointer = instancePath
      .split('/')
      .map(token => (token === '' || this.#names.has(token) ? token : '*'))
      .join('/');
    return { pointer, rule: keyword, text: message };
  }
}

const pathOf = (path: string): string => path.replace(/:(\w+)/g, '{$1}');

/** The names of all properties that any schema declares. */
function* namesIn(value: unknown): Generator<string> {
  if (typeof value !== 'object' || value === null) return;
  const { properties } = value as { properties?: object };
  if (typeof properties === 'object') yield* Object.keys(properties);
  for (const part of Object.values(value)) yield* namesIn(part);
}
