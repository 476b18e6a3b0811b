import { escapeXml, parseXml, childOf, type Element } from './xml.js';
import type { VendorAnswer } from '../kit/index.js';

export const BSVC = 'urn:com.workday/bsvc';
const ENVELOPE = 'http://schemas.xmlsoap.org/soap/envelope/';
const WSSE = 'http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd';

/** A refusal in Workday's form. `detail` is the inner XML of `detail`; a failed login has none. */
export class SoapFault extends Error {
  constructor(
    readonly code: string,
    readonly reason: string,
    readonly detail?: string,
  ) {
    super(reason);
  }
}

export const badLogin = () => new SoapFault('Client.authenticationError', 'invalid username or password');

export function invalidRequest(message: string, xpath = ''): SoapFault {
  const error = `<wd:Message>${escapeXml(message)}</wd:Message><wd:Detail_Message>${escapeXml(message)}</wd:Detail_Message><wd:Xpath>${escapeXml(xpath)}</wd:Xpath>`;
  return new SoapFault(
    'Client.validationError',
    `Validation error occurred. ${message}`,
    `<wd:Validation_Fault><wd:Validation_Error>${error}</wd:Validation_Error></wd:Validation_Fault>`,
  );
}

export function processingFault(message: string): SoapFault {
  const text = `Processing error occurred. ${message}`;
  return new SoapFault(
    'Client.processingFault',
    text,
    `<wd:Processing_Fault><wd:Detail_Message>${escapeXml(text)}</wd:Detail_Message></wd:Processing_Fault>`,
  );
}

/** The operation's element and who asks for it, from a SOAP 1.1 envelope. */
export function openEnvelope(text: string): { operation: Element; login: { username: string; password: string } | null } {
  let envelope: Element;
  try {
    envelope = parseXml(text);
  } catch (error) {
    throw new SoapFault('Client.validationError', `Invalid XML: ${(error as Error).message}`);
  }
  if (envelope.namespace !== ENVELOPE || envelope.name !== 'Envelope') throw new SoapFault('VersionMismatch', 'The envelope is not of SOAP 1.1');
  const operation = childOf(envelope, 'Body')?.children[0];
  if (!operation) throw new SoapFault('Client.validationError', 'The body is empty');
  return { operation, login: loginOf(childOf(envelope, 'Header')) };
}

/**
 * A user name token with its password in plain text; any other token (a digest, X.509) is as good
 * as none.
 */
function loginOf(header: Element | undefined): { username: string; password: string } | null {
  const security = header?.children.find(child => child.namespace === WSSE && child.name === 'Security');
  const token = childOf(security, 'UsernameToken');
  const password = childOf(token, 'Password');
  const type = password?.attributes.find(attribute => attribute.name === 'Type')?.value;
  if (!token || !password || (type !== undefined && !type.endsWith('#PasswordText'))) return null;
  return { username: childOf(token, 'Username')?.text ?? '', password: password.text };
}

const XML = { 'content-type': 'text/xml;charset=UTF-8' };

export function soapAnswer(body: string): VendorAnswer {
  const envelope = `<env:Envelope xmlns:env="${ENVELOPE}"><env:Body>${body}</env:Body></env:Envelope>`;
  return { status: 200, headers: XML, body: `<?xml version="1.0" encoding="UTF-8"?>\n${envelope}` };
}

export function faultAnswer(fault: SoapFault, status = 500): VendorAnswer {
  const detail = fault.detail === undefined ? '' : `<detail>${fault.detail}</detail>`;
  const inner = `<faultcode>SOAP-ENV:${fault.code}</faultcode><faultstring>${escapeXml(fault.reason)}</faultstring>${detail}`;
  const envelope = `<SOAP-ENV:Envelope xmlns:SOAP-ENV="${ENVELOPE}"><SOAP-ENV:Body><SOAP-ENV:Fault xmlns:wd="${BSVC}">${inner}</SOAP-ENV:Fault></SOAP-ENV:Body></SOAP-ENV:Envelope>`;
  return { status, headers: XML, body: `<?xml version="1.0" encoding="UTF-8"?>\n${envelope}` };
}
