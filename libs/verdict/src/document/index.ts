export { compareDocuments } from './compare-documents.js';
export { DOCUMENT_RULES } from './document-rules.js';
export { LEAST_NOTICE_DAYS, tooSoon, type Audience } from './lifecycle.js';
export { DocumentError } from './open-document.js';
export { growthFor } from './versions.js';
